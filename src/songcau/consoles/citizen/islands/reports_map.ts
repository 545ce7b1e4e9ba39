// Public reports on the map. The city clusters: the browser gets some hundred points, however many there are.
import { cityMap, type Areas } from "@shell/map";
import { Marker, type Map as GlMap } from "maplibre-gl";

interface Point {
  geometry: { coordinates: [number, number] };
  properties: { count: number; open: number; code: string; shown: string; address: string; box: [number, number, number, number] };
}

const element = document.querySelector<HTMLElement>("#reports-map");
const status = document.querySelector<HTMLElement>("#map-status");
const { source = "", points = "", query = "", label = "", failed = "", zoomIn = "", zoomOut = "", many = "", one = "" } =
  element?.dataset ?? {};

/** A link to the report, or a button that comes nearer. */
function pin(map: GlMap, point: Point): Marker {
  const { count, open, shown, address, box } = point.properties;
  const made = count === 1 ? document.createElement("a") : document.createElement("button");
  made.className = `cp-pin${open === 0 ? " is-done" : ""}${count > 1 ? " is-many" : ""}`;
  made.setAttribute("aria-label", count === 1 ? `${one} ${shown}` : `${String(count)} ${many}`);
  if (made instanceof HTMLAnchorElement) {
    made.href = address;
    made.textContent = "•";
  } else {
    made.type = "button";
    made.textContent = count > 999 ? "999+" : String(count);
    made.addEventListener("click", () => {
      map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: 60, maxZoom: 16.5 });
    });
  }
  return new Marker({ element: made }).setLngLat(point.geometry.coordinates);
}

function follow(target: HTMLElement, map: GlMap): void {
  let shown: Marker[] = [];
  let asked = 0;
  const refresh = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const box = map.getBounds();
    const asking = new URLSearchParams(query);
    asking.set("box", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(5)).join(","));
    asking.set("zoom", map.getZoom().toFixed(1));
    const answer = await fetch(`${points}?${asking.toString()}`, { headers: { Accept: "application/json" } }).catch(() => null);
    // Moved on meanwhile: the newer answer is the right one.
    if (mine !== asked || !answer?.ok) return;
    const found = (await answer.json()) as { features: Point[] };
    for (const marker of shown) marker.remove();
    shown = found.features.map((point) => pin(map, point).addTo(map));
    const total = found.features.reduce((sum, point) => sum + point.properties.count, 0);
    if (status !== null) status.textContent = `${total.toLocaleString(document.documentElement.lang)} ${status.dataset.shown ?? ""}`;
    target.dataset.drawn = String(total);
  };
  map.on("moveend", () => void refresh());
  void refresh();
}

async function draw(target: HTMLElement): Promise<void> {
  const say = (): void => {
    target.replaceChildren(Object.assign(document.createElement("p"), { className: "cp-nothing-here", textContent: failed }));
  };
  try {
    const answer = await fetch(source, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      say();
      return;
    }
    const areas = (await answer.json()) as Areas;
    for (const feature of areas.features) {
      feature.properties.name = (feature.properties as unknown as { short_name: string }).short_name;
    }
    target.replaceChildren();
    const drawn = cityMap(target, { areas, label, failed, words: { zoomIn, zoomOut }, labelsFrom: 11.5, describedBy: "as-list" });
    if (drawn !== null) follow(target, drawn.map);
  } catch {
    say();
  }
}

if (element !== null) void draw(element);
