// Boxes over a picture, in step with the ticked list beside it: dragging adds one, a click unticks one, the arrow keys move
// the one whose tick has the focus. All sides are parts of the picture, 0 to 1; the form works without any of this.
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  kind: string;
  score: number;
}

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.01;
const STEP = 0.01;
const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

const drawn = document.querySelector<SVGSVGElement>("#boxes-drawn");
const list = document.querySelector<HTMLUListElement>("#boxes-list");
const form = document.querySelector<HTMLFormElement>("#boxes-form");
const add = document.querySelector<HTMLButtonElement>("#boxes-add");

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function start(picture: SVGSVGElement, rows: HTMLUListElement, facts: DOMStringMap, button: HTMLButtonElement): void {
  let last = rows.children.length;
  const most = Number(facts.most ?? "100");

  const rectOf = (tick: HTMLInputElement): SVGRectElement | null =>
    picture.querySelector<SVGRectElement>(`[data-number="${tick.dataset.number ?? ""}"]`);

  const place = (rect: SVGRectElement, box: Box): void => {
    for (const side of ["x", "y", "width", "height"] as const) rect.setAttribute(side, String(box[side]));
  };

  const newRect = (box: Box): SVGRectElement => {
    const rect = document.createElementNS(SVG, "rect");
    const look = { fill: "currentColor", "fill-opacity": "0.25", stroke: "currentColor", "stroke-width": "3" };
    for (const [name, value] of Object.entries(look)) rect.setAttribute(name, value);
    rect.setAttribute("vector-effect", "non-scaling-stroke");
    place(rect, box);
    picture.append(rect);
    return rect;
  };

  const keep = (box: Box, rect: SVGRectElement): HTMLInputElement | null => {
    if (rows.querySelectorAll("input:checked").length >= most) {
      rect.remove();
      return null;
    }
    last += 1;
    rect.dataset.number = String(last);
    const tick = Object.assign(document.createElement("input"), {
      type: "checkbox", name: "box", className: "form-check-input", checked: true, value: JSON.stringify(box),
    });
    tick.dataset.number = String(last);
    const words = Object.assign(document.createElement("span"), {
      className: "form-check-label", textContent: `${String(last)}. ${facts.kind ?? ""}`,
    });
    const label = Object.assign(document.createElement("label"), { className: "form-check" });
    label.append(tick, words);
    const row = document.createElement("li");
    row.append(label);
    rows.append(row);
    return tick;
  };

  const show = (tick: HTMLInputElement): void => {
    rectOf(tick)?.setAttribute("fill-opacity", tick.checked ? "0.25" : "0");
    rectOf(tick)?.setAttribute("stroke-dasharray", tick.checked ? "none" : "6 6");
  };

  rows.addEventListener("change", (event) => { show(event.target as HTMLInputElement); });
  rows.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    const tick = event.target as HTMLInputElement;
    const rect = rectOf(tick);
    if (way === undefined || rect === null) return;
    event.preventDefault();
    const box = JSON.parse(tick.value) as Box;
    if (event.shiftKey) {
      box.width = within(box.width + way[0], SMALLEST, 1 - box.x);
      box.height = within(box.height + way[1], SMALLEST, 1 - box.y);
    } else {
      box.x = within(box.x + way[0], 0, 1 - box.width);
      box.y = within(box.y + way[1], 0, 1 - box.height);
    }
    tick.value = JSON.stringify(box);
    place(rect, box);
  });

  button.addEventListener("click", () => {
    const box = { x: 0.4, y: 0.4, width: 0.2, height: 0.2, kind: "DRAWN", score: 1 };
    keep(box, newRect(box))?.focus();
  });

  let from: { x: number; y: number } | null = null;
  let rect: SVGRectElement | null = null;
  const at = (event: PointerEvent): { x: number; y: number } => {
    const area = picture.getBoundingClientRect();
    return {
      x: within((event.clientX - area.left) / area.width, 0, 1),
      y: within((event.clientY - area.top) / area.height, 0, 1),
    };
  };
  const between = (one: { x: number; y: number }, other: { x: number; y: number }): Box => ({
    x: Math.min(one.x, other.x), y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y), kind: "DRAWN", score: 1,
  });
  const isBox = (box: Box): boolean => box.width >= SMALLEST && box.height >= SMALLEST;

  picture.style.touchAction = "none";
  picture.style.cursor = "crosshair";
  picture.addEventListener("pointerdown", (event) => {
    from = at(event);
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const box = between(from, at(event));
    if (rect === null) {
      if (isBox(box)) rect = newRect(box);
    } else place(rect, box);
  });
  picture.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const box = between(from, at(event));
    if (rect !== null && isBox(box)) keep(box, rect);
    else if (rect !== null) rect.remove();
    else untick(event);
    from = rect = null;
  });
  picture.addEventListener("pointercancel", () => {
    rect?.remove();
    from = rect = null;
  });

  // The capture makes the picture the target: which box lies there is asked of the document.
  const untick = (event: PointerEvent): void => {
    const hit = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one instanceof SVGRectElement);
    const number = hit?.getAttribute("data-number") ?? "";
    const tick = rows.querySelector<HTMLInputElement>(`input[data-number="${CSS.escape(number)}"]`);
    if (tick === null) return;
    tick.checked = !tick.checked;
    show(tick);
  };

  document.querySelector("#boxes-tools")?.removeAttribute("hidden");
}

if (drawn !== null && list !== null && form !== null && add !== null) start(drawn, list, form.dataset, add);

// A module of its own: its names are nobody else's.
export {};
