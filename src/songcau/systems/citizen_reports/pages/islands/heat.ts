// Reports on the map: the server gathers them for what is in sight; the heat lies below the numbers.
import type { FeatureCollection, Point } from "geojson";
import { Marker, type GeoJSONSource } from "maplibre-gl";
import { cityMap, type Areas, type CityMap } from "@shell/map";

interface Cluster {
  count: number;
  late: number;
  code: string;
}
type Clusters = FeatureCollection<Point, Cluster>;

const NOTHING: Clusters = { type: "FeatureCollection", features: [] };
const element = document.querySelector<HTMLElement>("#heat-map");

async function read<Content>(address: string, signal?: AbortSignal): Promise<Content> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...(signal && { signal }) });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Content;
}

/** A tab stop with words of its own: the number of reports, how many are late. */
function button(target: HTMLElement, { count, late, code }: Cluster): HTMLElement {
  const { reports = "", late: lateWords = "", case: page = "" } = target.dataset;
  const words = `${String(count)} ${reports}${late > 0 ? `, ${String(late)} ${lateWords}` : ""}`;
  const made = code === "" ? document.createElement("button") : document.createElement("a");
  if (made instanceof HTMLAnchorElement) made.href = page.replace("CODE", encodeURIComponent(code));
  made.className = late > 0 ? "sc-cluster is-late" : "sc-cluster";
  made.textContent = String(count);
  made.setAttribute("aria-label", words);
  made.title = words;
  return made;
}

function follow(target: HTMLElement, drawn: CityMap): void {
  const { map } = drawn;
  let markers: Marker[] = [];
  let under: AbortController | null = null;

  const show = (clusters: Clusters): void => {
    for (const marker of markers) marker.remove();
    markers = clusters.features.map((feature) => {
      const made = button(target, feature.properties);
      const place = feature.geometry.coordinates as [number, number];
      if (feature.properties.code === "") {
        made.addEventListener("click", () => { map.easeTo({ center: place, zoom: map.getZoom() + 1.5 }); });
      }
      return new Marker({ element: made }).setLngLat(place).addTo(map);
    });
    void map.getSource<GeoJSONSource>("reports")?.setData(clusters);
  };
  const load = async (): Promise<void> => {
    under?.abort();
    under = new AbortController();
    const box = map.getBounds();
    const address = new URL(target.dataset.source ?? "", location.href);
    address.searchParams.set("bbox", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].join(","));
    address.searchParams.set("zoom", map.getZoom().toFixed(2));
    try {
      show(await read<Clusters>(address.href, under.signal));
    } catch (error) {
      if (!(error instanceof DOMException)) show(NOTHING);
    }
  };

  map.on("load", () => {
    map.addSource("reports", { type: "geojson", data: NOTHING });
    map.addLayer({
      id: "heat",
      type: "heatmap",
      source: "reports",
      paint: {
        "heatmap-weight": ["interpolate", ["linear"], ["get", "count"], 0, 0, 50, 1],
        "heatmap-radius": 44,
        "heatmap-opacity": 0.55,
      },
    });
    void load();
  });
  map.on("moveend", () => void load());

  const toggle = document.querySelector<HTMLButtonElement>("#heat-toggle");
  toggle?.addEventListener("click", () => {
    const on = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(on));
    map.setLayoutProperty("heat", "visibility", on ? "visible" : "none");
  });
  document.querySelector("#spots")?.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-longitude]") : null;
    if (link === null) return;
    event.preventDefault();
    map.easeTo({ center: [Number(link.dataset.longitude), Number(link.dataset.latitude)], zoom: 15 });
  });
}

async function draw(target: HTMLElement): Promise<void> {
  const { outlines = "", label = "", failed = "", zoomIn = "", zoomOut = "" } = target.dataset;
  try {
    const areas = await read<Areas>(outlines);
    target.replaceChildren();
    const options = { areas, label, failed, words: { zoomIn, zoomOut }, labelsFrom: 12.5, describedBy: "spots-title" };
    const drawn = cityMap(target, options);
    if (drawn) follow(target, drawn);
  } catch {
    target.replaceChildren(Object.assign(document.createElement("p"), { className: "sc-map-wait", textContent: failed }));
  }
}

if (element) void draw(element);
