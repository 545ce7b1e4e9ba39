// The area of an incident: shown on its page, and drawn by clicks beside the form, whose fields hold corners and point.
import type { Feature, FeatureCollection, Position } from "geojson";
import { LngLatBounds, Marker, type GeoJSONSource, type Map as GlMap } from "maplibre-gl";
import { cityMap, positions, type Areas } from "@shell/map";

type Field = HTMLInputElement | HTMLTextAreaElement;
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

/** The point of an incident; without figures, none. */
function pinOn(map: GlMap): (x: string, y: string) => Position[] {
  const pin = Object.assign(document.createElement("div"), { className: "sc-map-pin" });
  pin.setAttribute("aria-hidden", "true");
  const marker = new Marker({ element: pin });
  return (x, y) => {
    const point = [x, y].map((text) => (text.trim() === "" ? NaN : Number(text.replace(",", "."))));
    const [longitude = NaN, latitude = NaN] = point;
    if (Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90) {
      marker.setLngLat([longitude, latitude]).addTo(map);
      return [point];
    }
    marker.remove();
    return [];
  };
}

function bring(map: GlMap, points: Position[]): void {
  const box = new LngLatBounds();
  for (const [x = 0, y = 0] of points) box.extend([x, y]);
  if (!box.isEmpty()) map.fitBounds(box, { padding: 30, maxZoom: 13, animate: false });
}

/** The outlines of the wards that are ticked in the form. */
function ticked(areas: Areas): Position[] {
  const codes = new Set([...document.querySelectorAll<HTMLInputElement>("input[name=wards]:checked")].map((one) => one.value));
  return areas.features.filter((one) => codes.has(one.properties.code ?? "")).flatMap((one) => [...positions(one.geometry)]);
}

function editing(map: GlMap, areas: Areas, corners: Field, x: Field | null, y: Field | null): void {
  const put = pinOn(map);
  const show = (): Position[] => {
    const ring = written(corners.value);
    draw(map, ring);
    return [...ring, ...put(x?.value ?? "", y?.value ?? "")];
  };
  map.on("click", (event) => {
    const corner = `${event.lngLat.lng.toFixed(5)}, ${event.lngLat.lat.toFixed(5)}`;
    corners.value = [...corners.value.split("\n").filter((line) => line.trim() !== ""), corner].join("\n");
    show();
  });
  for (const field of [corners, x, y]) field?.addEventListener("input", show);
  document.querySelector("#undo-corner")?.addEventListener("click", () => {
    corners.value = corners.value.split("\n").filter((line) => line.trim() !== "").slice(0, -1).join("\n");
    show();
  });
  const here = show();
  bring(map, here.length > 0 ? here : ticked(areas));
}

function showing(map: GlMap, x: string, y: string): void {
  const stored = document.querySelector("#incident-area")?.textContent ?? "";
  const ring = stored === "" ? [] : ((JSON.parse(stored) as { coordinates: Position[][] }).coordinates[0] ?? []).slice(0, -1);
  draw(map, ring);
  bring(map, [...ring, ...pinOn(map)(x, y)]);
}

function field(id: string): Field | null {
  const found = id === "" ? null : document.getElementById(id);
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : null;
}

async function start(target: HTMLElement): Promise<void> {
  const { source = "", label = "", failed = "", zoomIn = "", zoomOut = "", draws = "", x = "", y = "" } = target.dataset;
  const { longitude = "", latitude = "" } = target.dataset;
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
    const drawn = cityMap(target, { areas, label, failed, words: { zoomIn, zoomOut } });
    if (drawn === null) return;
    const { map } = drawn;
    const corners = field(draws);
    const begin = (): void => {
      if (corners === null) showing(map, x, y);
      else editing(map, areas, corners, field(longitude), field(latitude));
    };
    if (map.isStyleLoaded()) begin();
    else void map.once("load", begin);
  } catch {
    say();
  }
}

if (element) void start(element);
