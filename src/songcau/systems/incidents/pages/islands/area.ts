// The area of an incident: shown on its page, and drawn by clicks beside the form, whose text field holds the corners.
import type { Feature, FeatureCollection, Position } from "geojson";
import { Marker, type GeoJSONSource, type Map as GlMap } from "maplibre-gl";
import { cityMap, type Areas } from "@shell/map";

const element = document.querySelector<HTMLElement>("#area-map");

function polygon(ring: Position[]): FeatureCollection {
  const shape: Feature | null =
    ring.length > 2
      ? { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, ring[0] ?? []]] } }
      : ring.length > 0
        ? { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: ring } }
        : null;
  const corners = ring.map<Feature>((point) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: point } }));
  return { type: "FeatureCollection", features: shape === null ? [] : [shape, ...corners] };
}

function token(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function draw(map: GlMap, ring: Position[]): void {
  const source = map.getSource<GeoJSONSource>("incident");
  if (source !== undefined) {
    void source.setData(polygon(ring));
    return;
  }
  const colour = token("--sc-critical");
  map.addSource("incident", { type: "geojson", data: polygon(ring) });
  map.addLayer({ id: "incident-fill", type: "fill", source: "incident", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": 0.25 } });
  map.addLayer({ id: "incident-line", type: "line", source: "incident", paint: { "line-color": colour, "line-width": 2.5 } });
  map.addLayer({ id: "incident-corner", type: "circle", source: "incident", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour, "circle-radius": 4 } });
}

function written(text: string): Position[] {
  return text
    .split("\n")
    .map((line) => line.split(/[,;\s]+/).filter((part) => part !== "").map(Number))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
}

function drawing(map: GlMap, field: HTMLTextAreaElement): void {
  const show = (): void => { draw(map, written(field.value)); };
  map.on("click", (event) => {
    const corner = `${event.lngLat.lng.toFixed(5)}, ${event.lngLat.lat.toFixed(5)}`;
    field.value = [...field.value.split("\n").filter((line) => line.trim() !== ""), corner].join("\n");
    show();
  });
  field.addEventListener("input", show);
  document.querySelector("#undo-corner")?.addEventListener("click", () => {
    field.value = field.value.split("\n").filter((line) => line.trim() !== "").slice(0, -1).join("\n");
    show();
  });
  show();
}

function bring(map: GlMap, points: Position[]): void {
  const xs = points.map((point) => point[0] ?? 0);
  const ys = points.map((point) => point[1] ?? 0);
  if (points.length === 0) return;
  map.fitBounds([[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]], { padding: 30, maxZoom: 13, animate: false });
}

async function start(target: HTMLElement): Promise<void> {
  const { source = "", label = "", failed = "", zoomIn = "", zoomOut = "", draws = "", x = "", y = "" } = target.dataset;
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
    target.replaceChildren();
    const drawn = cityMap(target, { areas, label, failed, words: { zoomIn, zoomOut }, labelsFrom: 12 });
    if (drawn === null) return;
    const { map } = drawn;
    const stored = document.querySelector("#incident-area")?.textContent ?? "";
    const ring = stored === "" ? [] : ((JSON.parse(stored) as { coordinates: Position[][] }).coordinates[0] ?? []).slice(0, -1);
    const field = draws === "" ? null : document.querySelector<HTMLTextAreaElement>(`#${CSS.escape(draws)}`);
    const begin = (): void => {
      if (field === null) draw(map, ring);
      else drawing(map, field);
      const point: Position[] = x === "" ? [] : [[Number(x), Number(y)]];
      bring(map, [...(field === null ? ring : written(field.value)), ...point]);
      if (x !== "") {
        const pin = Object.assign(document.createElement("div"), { className: "sc-map-pin" });
        pin.setAttribute("aria-hidden", "true");
        new Marker({ element: pin }).setLngLat([Number(x), Number(y)]).addTo(map);
      }
    };
    if (map.isStyleLoaded()) begin();
    else void map.once("load", begin);
  } catch {
    say();
  }
}

if (element) void start(element);
