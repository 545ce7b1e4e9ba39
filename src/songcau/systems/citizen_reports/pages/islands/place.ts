// Where a report is: one pin among the wards.
import { Marker } from "maplibre-gl";
import { cityMap, type Areas } from "@shell/map";

const element = document.querySelector<HTMLElement>("#place-map");

async function draw(target: HTMLElement): Promise<void> {
  const { source = "", label = "", failed = "", selected = "", zoomIn = "", zoomOut = "" } = target.dataset;
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
    const words = { zoomIn, zoomOut };
    const drawn = cityMap(target, { areas, label, failed, words, labelsFrom: 12, ...(selected === "" ? {} : { selected }) });
    if (drawn === null) return;
    const point: [number, number] = [Number(target.dataset.longitude), Number(target.dataset.latitude)];
    const pin = Object.assign(document.createElement("div"), { className: "sc-map-pin" });
    pin.setAttribute("aria-hidden", "true");
    new Marker({ element: pin }).setLngLat(point).addTo(drawn.map);
    drawn.map.jumpTo({ center: point, zoom: 13 });
  } catch {
    say();
  }
}

if (element) void draw(element);
