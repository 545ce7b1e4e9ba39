// The city's map for islands: ward polygons and points in the colours of the tokens, no tiles from anywhere.
// `import { cityMap } from "@shell/map"`. A map is never the only way: the page holds the same rows as a list.
import "maplibre-gl/dist/maplibre-gl.css";
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import {
  LngLatBounds,
  Map as GlMap,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type ExpressionSpecification,
  type GeoJSONSource,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

// A file of our own, so that `worker-src 'self'` is enough.
setWorkerUrl(workerUrl);

/**
 * What a polygon carries: `id` goes to `onPick`, `name` is its label, `value` (0 to 1) its depth of colour. An
 * `approximate` one has dashed edges.
 */
export interface AreaProperties {
  id: string;
  name: string;
  code?: string;
  value?: number | null;
  approximate?: boolean;
  /** There is no value: drawn as the ground, which is not the colour of zero. */
  missing?: boolean;
}
export type Areas = FeatureCollection<Geometry, AreaProperties>;

export interface CityMapOptions {
  /** Polygons in WGS 84 (longitude, latitude). */
  areas: Areas;
  /** Names a screen reader says for the map, in the page's language. */
  label: string;
  /** Said in the map's place when the browser cannot draw it. */
  failed: string;
  /** Id of the element with the same content as a list. */
  describedBy?: string;
  /** Words of the buttons, in the page's language. */
  words?: { zoomIn: string; zoomOut: string };
  /** Write each area's name on it (from this zoom on; default 0). */
  labelsFrom?: number;
  /** The area that is selected at first; the map shows it and its neighbours. */
  selected?: string;
  /** A click on an area. */
  onPick?: (id: string) => void;
}

export interface CityMap {
  /** MapLibre's own object, for what this helper does not do. */
  readonly map: GlMap;
  /** Mark one area where it is; null marks none. */
  mark(id: string | null): void;
  /** Mark one area and bring it into view; null marks none. */
  select(id: string | null): void;
  /** Put other areas in place of those shown. */
  show(areas: Areas): void;
  remove(): void;
}

/** A token as a colour that WebGL understands: light-dark() and names are resolved by the browser. */
function colour(token: string, element: HTMLElement): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

interface Paint {
  ground: string;
  panel: string;
  river: string;
  edge: string;
  selected: string;
}
function paint(element: HTMLElement): Paint {
  return {
    ground: colour("--sc-raised", element),
    panel: colour("--sc-panel", element),
    river: colour("--sc-river-fill", element),
    edge: colour("--sc-edge", element),
    selected: colour("--sc-high-fill", element),
  };
}

function depth(colours: Paint): ExpressionSpecification {
  const value: ExpressionSpecification = ["coalesce", ["get", "value"], 0];
  const filled: ExpressionSpecification = ["interpolate", ["linear"], value, 0, colours.panel, 1, colours.river];
  return ["case", ["to-boolean", ["get", "missing"]], colours.ground, filled];
}

const APPROXIMATE: ExpressionSpecification = ["to-boolean", ["get", "approximate"]];

function style(areas: Areas, colours: Paint): StyleSpecification {
  const edge = { "line-color": colours.edge, "line-width": 1 };
  return {
    version: 8,
    sources: { areas: { type: "geojson", data: areas, promoteId: "id" } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.ground } },
      { id: "areas", type: "fill", source: "areas", paint: { "fill-color": depth(colours), "fill-opacity": 0.9 } },
      { id: "edges", type: "line", source: "areas", filter: ["!", APPROXIMATE], paint: edge },
      { id: "dashes", type: "line", source: "areas", filter: APPROXIMATE, paint: { ...edge, "line-dasharray": [3, 2] } },
      {
        id: "selected",
        type: "line",
        source: "areas",
        filter: ["==", ["get", "id"], ""],
        paint: { "line-color": colours.selected, "line-width": 3 },
      },
    ],
  };
}

/** Every corner of a shape. */
export function* positions(geometry: Geometry): Generator<Position> {
  if (geometry.type === "GeometryCollection") {
    for (const part of geometry.geometries) yield* positions(part);
  } else if (geometry.type === "Point") {
    yield geometry.coordinates;
  } else if (geometry.type === "MultiPoint" || geometry.type === "LineString") {
    yield* geometry.coordinates;
  } else if (geometry.type === "Polygon" || geometry.type === "MultiLineString") {
    yield* geometry.coordinates.flat();
  } else {
    yield* geometry.coordinates.flat(2);
  }
}

function bounds(features: readonly Feature[]): LngLatBounds {
  const box = new LngLatBounds();
  for (const feature of features) {
    for (const [longitude, latitude] of positions(feature.geometry)) {
      if (longitude !== undefined && latitude !== undefined) box.extend([longitude, latitude]);
    }
  }
  return box;
}

/** Names as HTML over the map: letters for WebGL would need glyph files, and these are Vietnamese and selectable. */
function labels(areas: Areas): Marker[] {
  return areas.features.map((feature) => {
    const element = document.createElement("div");
    element.className = "sc-map-label";
    element.textContent = feature.properties.name;
    element.setAttribute("aria-hidden", "true");
    return new Marker({ element }).setLngLat(bounds([feature]).getCenter());
  });
}

/** Hide each name that would cover one before it; nearer, there is room for it. */
function declutter(markers: readonly Marker[]): void {
  const taken: DOMRect[] = [];
  for (const marker of markers) {
    const element = marker.getElement();
    element.style.visibility = "";
    const box = element.getBoundingClientRect();
    const covers = taken.some(
      (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
    );
    if (covers) element.style.visibility = "hidden";
    else taken.push(box);
  }
}

/**
 * Draw the city into `element` (which has class `sc-map`). Arrow keys move it, + and - zoom, once it has the focus.
 * Gives null, and says `options.failed` in its place, where the browser has no WebGL.
 */
export function cityMap(element: HTMLElement, options: CityMapOptions): CityMap | null {
  let shown = options.areas;
  let selected = options.selected ?? null;
  const first = shown.features.filter((feature) => feature.properties.id === selected);
  const box = bounds(first.length > 0 ? first : shown.features);
  let map: GlMap;
  try {
    map = new GlMap({
      container: element,
      style: style(shown, paint(element)),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 17,
      ...(box.isEmpty() ? {} : { bounds: box, fitBoundsOptions: { padding: first.length > 0 ? 100 : 24 } }),
      locale: {
        "Map.Title": options.label,
        ...(options.words && {
          "NavigationControl.ZoomIn": options.words.zoomIn,
          "NavigationControl.ZoomOut": options.words.zoomOut,
        }),
      },
    });
  } catch {
    const words = document.createElement("p");
    words.className = "sc-map-failed";
    words.textContent = options.failed;
    element.replaceChildren(words);
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-label", options.label);
  if (options.describedBy !== undefined) canvas.setAttribute("aria-describedby", options.describedBy);

  let names: Marker[] = [];
  const name = (): void => {
    for (const marker of names) marker.remove();
    names = map.getZoom() >= (options.labelsFrom ?? 0) ? labels(shown).map((marker) => marker.addTo(map)) : [];
    declutter(names);
  };
  const mark = (): void => {
    map.setFilter("selected", ["==", ["get", "id"], selected ?? ""]);
  };
  const repaint = (): void => {
    const colours = paint(element);
    map.setPaintProperty("ground", "background-color", colours.ground);
    map.setPaintProperty("areas", "fill-color", depth(colours));
    for (const layer of ["edges", "dashes"]) map.setPaintProperty(layer, "line-color", colours.edge);
    map.setPaintProperty("selected", "line-color", colours.selected);
  };
  map.on("load", mark);
  // Idle: the areas stand there, which the load of the style alone does not promise.
  map.once("idle", () => { element.dataset.ready = "true"; });
  name();
  let named = names.length > 0;
  map.on("zoomend", () => {
    const should = map.getZoom() >= (options.labelsFrom ?? 0);
    if (should !== named) name();
    else declutter(names);
    named = should;
  });
  map.on("click", "areas", (event) => {
    const id: unknown = event.features?.[0]?.properties.id;
    if (typeof id === "string") options.onPick?.(id);
  });
  map.on("mouseenter", "areas", () => { canvas.style.cursor = "pointer"; });
  map.on("mouseleave", "areas", () => { canvas.style.cursor = ""; });
  const night = matchMedia("(prefers-color-scheme: dark)");
  night.addEventListener("change", repaint);

  return {
    map,
    mark(id) {
      selected = id;
      mark();
    },
    select(id) {
      selected = id;
      mark();
      const area = shown.features.find((feature) => feature.properties.id === id);
      if (area !== undefined) map.fitBounds(bounds([area]), { padding: 60, maxZoom: 14 });
    },
    show(areas) {
      shown = areas;
      void map.getSource<GeoJSONSource>("areas")?.setData(areas);
      name();
    },
    remove() {
      night.removeEventListener("change", repaint);
      map.remove();
    },
  };
}
