// The live map: wards, clusters made by the city, points that move, heat, the past. On the map's page and on the wall.
import type { FeatureCollection, Point as PointShape } from "geojson";
import { Marker, type GeoJSONSource } from "maplibre-gl";
import { cityMap, type Areas, type CityMap } from "@shell/map";
import type { Delta } from "./live";
import { ServerClock } from "./live";
import { Points, type Colours } from "./points";
import { Wards, listWards, type WardFigures } from "./wards";

export interface Facts {
  kinds: Record<string, string>;
  fresh: Record<string, number>;
  freshUsually: number;
  lasting: string[];
  now: number;
}
interface Cluster {
  count: number;
  stale: number;
  kinds: string[];
}
type Clusters = FeatureCollection<PointShape, Cluster>;

/** From so many points in sight on, and this far away, the city gathers them. */
const CLUSTER_FROM = 150;
const CLUSTER_BELOW = 14;
const MOST_MARKERS = 120;
const REFRESH_MS = 2_000;
const PICK_PIXELS = 14;
const EMPTY: Clusters = { type: "FeatureCollection", features: [] };

export async function read<Content>(address: string): Promise<Content> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Content;
}

function token(name: string, element: HTMLElement): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

export class LiveMap {
  readonly live: Points;
  readonly past: Points;
  readonly wards: Wards;
  epoch = "";
  indicator = "";
  isGathering = true;
  isHeat = false;
  isPast = false;
  #hidden = new Set<string>();
  #markers: Marker[] = [];
  #timer: number | null = null;
  #asked = 0;
  #painting: number | null = null;
  #drawnAt = 0;
  #cost = 0;
  #kindsKnown = new Set<string>();
  onNewKind: (kind: string) => void = () => undefined;
  onPick: (address: string) => void = () => undefined;

  private constructor(
    readonly element: HTMLElement,
    readonly facts: Facts,
    readonly clock: ServerClock,
    readonly city: CityMap,
    areas: Areas,
  ) {
    const centre = city.map.getCenter();
    const colours: Colours = {
      edge: token("--sc-text", element),
      stale: token("--sc-stale-edge", element),
      ground: token("--sc-panel", element),
    };
    const origin: [number, number] = [centre.lng, centre.lat];
    this.live = new Points("live-points", origin, () => clock.now, colours);
    this.past = new Points("past-points", origin, () => clock.now, colours);
    this.past.isShown = false;
    // As large as the letters about it: on a wall of 4K twice as large.
    const letters = parseFloat(getComputedStyle(element).fontSize) / 16;
    this.live.size = this.past.size = 13 * Math.max(letters, 1);
    this.wards = new Wards(city, areas);
    for (const kind of Object.keys(facts.kinds)) this.#kind(kind);
    this.#timePictures();
    city.map.on("moveend", () => { this.refresh(); });
    city.map.on("click", (event) => { this.#pick(event.lngLat.lng, event.lngLat.lat); });
    // What grows old must be seen to do so also while nothing happens.
    setInterval(() => { city.map.triggerRepaint(); }, 5_000);
  }

  static async draw(element: HTMLElement, facts: Facts, clock: ServerClock): Promise<LiveMap | null> {
    const { outlines = "", label = "", failed = "", zoomIn = "", zoomOut = "", describedBy } = element.dataset;
    let areas: Areas;
    try {
      areas = await read<Areas>(outlines);
    } catch {
      element.replaceChildren(Object.assign(document.createElement("p"), { className: "sc-map-wait", textContent: failed }));
      return null;
    }
    for (const feature of areas.features) {
      feature.properties.name = (feature.properties as unknown as { short_name: string }).short_name;
    }
    element.replaceChildren();
    const options = { areas, label, failed, words: { zoomIn, zoomOut }, labelsFrom: element.clientWidth < 600 ? 11.5 : 0 };
    const city = cityMap(element, describedBy === undefined ? options : { ...options, describedBy });
    if (city === null) return null;
    await new Promise<void>((resolve) => { if (city.map.isStyleLoaded()) resolve(); else void city.map.once("load", () => { resolve(); }); });
    const made = new LiveMap(element, facts, clock, city, areas);
    made.#addLayers();
    return made;
  }

  #addLayers(): void {
    const { map } = this.city;
    map.addSource("heat", { type: "geojson", data: EMPTY });
    map.addLayer({
      id: "heat",
      type: "heatmap",
      source: "heat",
      layout: { visibility: "none" },
      paint: {
        "heatmap-weight": ["interpolate", ["linear"], ["get", "count"], 0, 0, 40, 1],
        "heatmap-radius": 36,
        "heatmap-opacity": 0.6,
      },
    });
    map.addLayer(this.live);
    map.addLayer(this.past);
  }

  #kind(name: string): number {
    const fresh = this.facts.lasting.includes(name) ? 1e12 : (this.facts.fresh[name] ?? this.facts.freshUsually);
    if (!this.#kindsKnown.has(name)) {
      this.#kindsKnown.add(name);
      this.onNewKind(name);
    }
    this.past.kind(name, fresh);
    return this.live.kind(name, fresh);
  }

  shownKinds(): string[] {
    return [...this.#kindsKnown].filter((kind) => !this.#hidden.has(kind));
  }

  showKind(name: string, isShown: boolean): void {
    if (isShown) this.#hidden.delete(name);
    else this.#hidden.add(name);
    this.live.showKind(name, isShown);
    this.past.showKind(name, isShown);
    this.refresh();
  }

  whole(delta: Delta, epoch: string): void {
    this.epoch = epoch;
    this.live.clear();
    this.changed(delta);
    this.refresh();
  }

  changed(delta: Delta): void {
    for (const key of delta.gone) this.live.remove(key);
    for (const [name, flat] of Object.entries(delta.kinds)) {
      const kind = this.#kind(name);
      for (let at = 0; at + 4 < flat.length; at += 5) {
        this.live.put(flat[at] ?? 0, kind, flat[at + 1] ?? 0, flat[at + 2] ?? 0, flat[at + 3] ?? 0, flat[at + 4] ?? 0);
      }
    }
    this.element.dataset.points = String(this.live.count);
    this.#paint();
    if (this.#markers.length > 0 || this.isHeat) this.#later();
  }

  /**
   * Drawing takes a quarter of the time at most. Where no graphics card helps, a picture takes so long that ten of them
   * a second would leave no time for the numbers beside the map.
   */
  #paint(): void {
    if (!this.live.isShown) return;
    const pause = this.#drawnAt + 3 * this.#cost - performance.now();
    this.#painting ??= window.setTimeout(() => {
      this.#painting = null;
      this.live.redraw();
    }, Math.max(pause, 0));
  }

  /** How long a picture takes: until the browser is ready for the next. */
  #timePictures(): void {
    this.city.map.on("render", () => {
      const begun = performance.now();
      requestAnimationFrame(() => {
        this.#drawnAt = performance.now();
        this.#cost = this.#drawnAt - begun;
      });
    });
  }

  /** What the city gathers is asked for anew, at most every two seconds. */
  #later(): void {
    this.#timer ??= window.setTimeout(() => { this.refresh(); }, REFRESH_MS);
  }

  refresh(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const box = this.city.map.getBounds();
    const isFar = this.city.map.getZoom() < CLUSTER_BELOW;
    const many = isFar && this.isGathering ? this.live.within(box.getWest(), box.getSouth(), box.getEast(), box.getNorth()) : 0;
    const gathers = !this.isPast && many > CLUSTER_FROM;
    this.live.isShown = !this.isPast && !gathers;
    this.past.isShown = this.isPast;
    this.element.dataset.gathers = String(gathers);
    if (gathers) void this.#gather();
    else this.#mark(EMPTY);
    if (this.isHeat && !this.isPast) void this.#heat();
    this.city.map.triggerRepaint();
  }

  #asking(zoomMore: number): string {
    const box = this.city.map.getBounds();
    const asked = new URLSearchParams({
      bbox: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(5)).join(","),
      zoom: (this.city.map.getZoom() + zoomMore).toFixed(2),
      kinds: this.shownKinds().join(","),
    });
    return `${this.element.dataset.clusters ?? ""}?${asked.toString()}`;
  }

  async #gather(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const found = await read<Clusters>(this.#asking(0)).catch(() => null);
    // Moved on meanwhile: the newer answer is the right one.
    if (found !== null && mine === this.#asked) this.#mark(found);
  }

  async #heat(): Promise<void> {
    const found = await read<Clusters>(this.#asking(2)).catch(() => null);
    if (found !== null) void this.city.map.getSource<GeoJSONSource>("heat")?.setData(found);
  }

  #mark(clusters: Clusters): void {
    for (const marker of this.#markers) marker.remove();
    this.#markers = clusters.features.slice(0, MOST_MARKERS).map((feature) => {
      const { count, stale, kinds } = feature.properties;
      const button = document.createElement("button");
      button.type = "button";
      button.className = stale === count ? "op-cluster is-stale" : "op-cluster";
      button.textContent = count.toLocaleString(document.documentElement.lang);
      const names = kinds.map((kind) => this.facts.kinds[kind] ?? kind).join(", ");
      const old = stale > 0 ? `, ${String(stale)} ${this.element.dataset.old ?? ""}` : "";
      button.setAttribute("aria-label", `${String(count)}: ${names}${old}`);
      button.title = `${names}${old}`;
      const place = feature.geometry.coordinates as [number, number];
      button.addEventListener("click", () => { this.city.map.easeTo({ center: place, zoom: this.city.map.getZoom() + 1.5 }); });
      return new Marker({ element: button }).setLngLat(place).addTo(this.city.map);
    });
  }

  setHeat(isOn: boolean): void {
    this.isHeat = isOn;
    this.city.map.setLayoutProperty("heat", "visibility", isOn ? "visible" : "none");
    this.refresh();
  }

  setGathering(isOn: boolean): void {
    this.isGathering = isOn;
    this.refresh();
  }

  setPast(isPast: boolean): void {
    this.isPast = isPast;
    this.element.classList.toggle("is-past", isPast);
    this.refresh();
  }

  #pick(longitude: number, latitude: number): void {
    if (this.isPast) return;
    const key = this.live.nearest(longitude, latitude, PICK_PIXELS, this.city.map.getZoom());
    if (key === null) return;
    this.onPick((this.element.dataset.thing ?? "").replace("/EPOCH/0/", `/${this.epoch}/${String(key)}/`));
  }

  /** Colour the wards by an indicator; an empty one takes the colours away. Gives what is shown. */
  async colour(list: HTMLElement | null): Promise<WardFigures | null> {
    const wanted = this.indicator;
    if (wanted === "") {
      this.wards.plain();
      list?.replaceChildren();
      return null;
    }
    const found = await read<WardFigures>(`${this.element.dataset.wards ?? ""}?of=${encodeURIComponent(wanted)}`).catch(() => null);
    if (found === null || this.indicator !== wanted || this.isPast) return null;
    if (found.missing === true) {
      this.wards.colour(new Map(), new Map());
      return found;
    }
    this.wards.colour(
      new Map(found.wards.map((ward) => [ward.code, ward.value])),
      new Map(found.wards.map((ward) => [ward.code, ward.text])),
    );
    if (list !== null) listWards(list, found);
    return found;
  }
}
