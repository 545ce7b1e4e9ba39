// The map of units, in step with the list beside it: what has the pointer or the focus in one is marked in the other.
import { cityMap, type Areas, type CityMap } from "@shell/map";

interface Outline {
  id: string;
  name: string;
  short_name: string;
  kind: string;
  approximate: boolean;
  value?: number;
}

// How deep a kind is coloured; the legend under the map says the same in words.
const DEPTH: Record<string, number> = { WARD: 0.35, COMMUNE: 0.08, TOWNSHIP: 0.2 };

const element = document.querySelector<HTMLElement>("#units-map");
const list = document.querySelector<HTMLElement>("#units-list");

function entry(id: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-unit="${CSS.escape(id)}"]`) ?? null;
}

/** A click on the map leads to the entry of the list, where Enter opens the unit. */
function pick(id: string): void {
  entry(id)?.focus();
}

function follow(map: CityMap): void {
  const mark = (event: Event): void => {
    const link = (event.target as HTMLElement).closest<HTMLElement>("[data-unit]");
    if (link?.dataset.unit !== undefined) map.mark(link.dataset.unit);
  };
  list?.addEventListener("focusin", mark);
  list?.addEventListener("pointerover", mark);
}

async function draw(target: HTMLElement): Promise<void> {
  const { source = "", label = "", failed = "", selected, zoomIn = "", zoomOut = "" } = target.dataset;
  const say = (): void => {
    target.replaceChildren(Object.assign(document.createElement("p"), { className: "sc-map-wait", textContent: failed }));
  };
  try {
    const answer = await fetch(source, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      say();
      return;
    }
    const areas = (await answer.json()) as Areas;
    const outlines = areas.features.map((feature) => feature.properties as unknown as Outline);
    for (const outline of outlines) {
      outline.name = outline.short_name;
      outline.value = DEPTH[outline.kind] ?? 0;
    }
    target.replaceChildren();
    const options = {
      areas,
      label,
      failed,
      words: { zoomIn, zoomOut },
      // On a phone the names would cover each other until the map is drawn nearer.
      labelsFrom: target.clientWidth < 600 ? 11.5 : 0,
      onPick: pick,
      ...(list === null ? {} : { describedBy: "list-title" }),
      ...(selected === undefined ? {} : { selected }),
    };
    const map = cityMap(target, options);
    if (map) follow(map);
  } catch {
    say();
  }
}

if (element) void draw(element);
