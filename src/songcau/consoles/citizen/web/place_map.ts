// Pointing at a place: the wards, a cross in the middle, and a mark where somebody pressed. Fetched when it is asked for.
import { cityMap, type Areas } from "@shell/map";
import { Marker } from "maplibre-gl";

export interface Picker {
  /** Show a place and go there. */
  show(longitude: number, latitude: number): void;
}

/** Draw it; `picked` is called with every place that is pressed. Null where the map cannot be drawn. */
export async function picker(
  element: HTMLElement,
  picked: (longitude: number, latitude: number) => void,
): Promise<Picker | null> {
  const { source = "", label = "", failed = "", zoomIn = "", zoomOut = "" } = element.dataset;
  const answer = await fetch(source, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no outlines");
  const areas = (await answer.json()) as Areas;
  for (const feature of areas.features) {
    feature.properties.name = (feature.properties as unknown as { short_name: string }).short_name;
  }
  element.replaceChildren();
  const drawn = cityMap(element, { areas, label, failed, words: { zoomIn, zoomOut }, labelsFrom: 10.5 });
  if (drawn === null) return null;
  const { map } = drawn;
  const cross = document.createElement("span");
  cross.className = "cp-cross";
  element.append(cross);
  const marker = new Marker({ color: "#b2370a" });
  const mark = (longitude: number, latitude: number): void => {
    marker.setLngLat([longitude, latitude]).addTo(map);
    marker.getElement().setAttribute("aria-hidden", "true");
    cross.hidden = true;
  };
  const pick = (longitude: number, latitude: number): void => {
    mark(longitude, latitude);
    picked(longitude, latitude);
  };
  map.on("click", (event) => { pick(event.lngLat.lng, event.lngLat.lat); });
  map.on("move", () => { cross.hidden = document.activeElement !== map.getCanvas(); });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { lng, lat } = map.getCenter();
    pick(lng, lat);
  });
  return {
    show(longitude, latitude) {
      mark(longitude, latitude);
      map.easeTo({ center: [longitude, latitude], zoom: Math.max(map.getZoom(), 14) });
    },
  };
}
