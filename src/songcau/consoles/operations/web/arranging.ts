// Arranging the wall: a tile dragged onto another changes places with it; the arrow keys do the same.
const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
const PLACE = ["x", "y", "w", "h"] as const;

function tiles(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".ow-tile")];
}

function cell(tile: HTMLElement, name: (typeof PLACE)[number]): number {
  return Number(tile.dataset[name] ?? "0");
}

/** Put the tile where its data say. */
export function place(tile: HTMLElement): void {
  tile.style.gridColumn = `${String(cell(tile, "x") + 1)} / span ${String(cell(tile, "w"))}`;
  tile.style.gridRow = `${String(cell(tile, "y") + 1)} / span ${String(cell(tile, "h"))}`;
}

function swap(one: HTMLElement, other: HTMLElement): void {
  for (const name of PLACE) {
    const kept = one.dataset[name] ?? "0";
    one.dataset[name] = other.dataset[name] ?? "0";
    other.dataset[name] = kept;
  }
  place(one);
  place(other);
  window.dispatchEvent(new Event("resize"));
}

/** The nearest tile in a direction. */
function neighbour(tile: HTMLElement, [x, y]: [number, number]): HTMLElement | null {
  const middle = (one: HTMLElement): [number, number] => [cell(one, "x") + cell(one, "w") / 2, cell(one, "y") + cell(one, "h") / 2];
  const [ownX, ownY] = middle(tile);
  let best: HTMLElement | null = null;
  let nearest = Infinity;
  for (const other of tiles()) {
    const [otherX, otherY] = middle(other);
    const along = (otherX - ownX) * x + (otherY - ownY) * y;
    const aside = Math.abs((otherX - ownX) * y) + Math.abs((otherY - ownY) * x);
    if (other === tile || along <= 0 || along + aside * 2 >= nearest) continue;
    nearest = along + aside * 2;
    best = other;
  }
  return best;
}

class Arranging {
  isOn = false;
  #dragged: HTMLElement | null = null;

  constructor(private readonly wall: HTMLElement, private readonly changed: (key: string) => void) {}

  turn(isOn: boolean): void {
    this.isOn = isOn;
    this.wall.classList.toggle("is-arranging", isOn);
    document.querySelector<HTMLElement>("#ow-save")?.toggleAttribute("hidden", !isOn);
    document.querySelector("#ow-arrange")?.setAttribute("aria-pressed", String(isOn));
    for (const tile of tiles()) {
      tile.draggable = isOn;
      tile.querySelector(".ow-inside")?.toggleAttribute("inert", isOn);
      if (isOn) {
        tile.tabIndex = 0;
        if (tile.dataset.key !== "MAP") this.#choice(tile);
      } else {
        tile.removeAttribute("tabindex");
        tile.querySelector(".ow-choice")?.remove();
      }
    }
    if (isOn) tiles()[0]?.focus();
  }

  /** What the tile shows may be another thing. */
  #choice(tile: HTMLElement): void {
    const template = document.querySelector<HTMLTemplateElement>("#ow-choices");
    const made = template?.content.firstElementChild?.cloneNode(true);
    if (!(made instanceof HTMLSelectElement)) return;
    made.value = tile.dataset.key ?? "";
    // There is one map: its tile is moved, not made twice.
    for (const option of made.options) if (option.value === "MAP") option.remove();
    made.addEventListener("change", () => {
      tile.className = `ow-tile is-${(made.value.split(":")[0] ?? "").toLowerCase()}`;
      tile.dataset.key = made.value;
      this.changed(made.value);
    });
    tile.append(made);
  }

  listen(): void {
    const grid = document.querySelector<HTMLElement>(".ow-grid");
    grid?.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!this.isOn || step === undefined || !(event.target instanceof HTMLElement) || !event.target.matches(".ow-tile")) return;
      event.preventDefault();
      const other = neighbour(event.target, step);
      if (other !== null) swap(event.target, other);
    });
    grid?.addEventListener("dragstart", (event) => {
      this.#dragged = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>(".ow-tile") : null;
      event.dataTransfer?.setData("text/plain", this.#dragged?.dataset.key ?? "");
    });
    grid?.addEventListener("dragover", (event) => { if (this.isOn) event.preventDefault(); });
    grid?.addEventListener("drop", (event) => {
      event.preventDefault();
      const over = event.target instanceof Element ? event.target.closest<HTMLElement>(".ow-tile") : null;
      if (this.isOn && over !== null && this.#dragged !== null && over !== this.#dragged) swap(this.#dragged, over);
      this.#dragged = null;
    });
    document.querySelector("#ow-arrange")?.addEventListener("click", () => {
      document.querySelector<HTMLDetailsElement>(".ow-menu")?.removeAttribute("open");
      this.turn(!this.isOn);
    });
    document.querySelector("#ow-done")?.addEventListener("click", () => { this.turn(false); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.isOn) this.turn(false); });
    const form = document.querySelector<HTMLFormElement>("#ow-save-form");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter;
      void this.#save(form, button instanceof HTMLButtonElement && button.value === "same");
    });
  }

  async #save(form: HTMLFormElement, isSame: boolean): Promise<void> {
    const { save = "", wall = "", version = "", address = "", failed = "", saved = "" } = this.wall.dataset;
    const said = document.querySelector<HTMLElement>("#ow-said");
    const body = {
      name: new FormData(form).get("name"),
      rotation: Number(new FormData(form).get("rotation") ?? 0),
      ...(isSame ? { id: wall, version: Number(version) } : {}),
      tiles: tiles().map((tile) => {
        const [kind = "", what = ""] = (tile.dataset.key ?? "").split(":");
        return { kind, x: cell(tile, "x"), y: cell(tile, "y"), width: cell(tile, "w"), height: cell(tile, "h"), options: what === "" ? {} : { what } };
      }),
    };
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    const answer = await fetch(save, {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    }).catch(() => null);
    const content = (await answer?.json().catch(() => null)) as { id?: string; refused?: string } | null | undefined;
    if (said !== null) said.textContent = answer?.ok ? saved : (content?.refused ?? failed);
    if (answer?.ok && content?.id !== undefined) location.href = `${address}?wall=${content.id}`;
  }
}

export function arrange(wall: HTMLElement, changed: (key: string) => void): void {
  new Arranging(wall, changed).listen();
}
