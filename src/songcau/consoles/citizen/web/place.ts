// Where it is: by the device, by pressing on the map; what the city says of the place is shown, never in the way.
import type { Picker } from "./place_map";

type Ask = (address: string, data: FormData) => Promise<unknown>;

export class Place {
  private picker: Promise<Picker | null> | null = null;
  private readonly said = document.querySelector<HTMLElement>("#place-said");
  private readonly canvas = document.querySelector<HTMLElement>("#place-map");

  constructor(private readonly form: HTMLFormElement, private readonly ask: Ask, private readonly known: () => void) {
    const here = document.querySelector<HTMLButtonElement>("#here");
    here?.addEventListener("click", () => { this.locate(here); });
    document.querySelector("#on-map")?.addEventListener("click", () => void this.open());
  }

  /** Ward and words as somebody reads them, for the page's summary. */
  get words(): string {
    const typed = this.form.querySelector<HTMLInputElement>("#place_words")?.value ?? "";
    const ward = this.form.querySelector<HTMLSelectElement>("#ward_code");
    const named = ward !== null && ward.value !== "" ? ward.selectedOptions[0]?.textContent ?? "" : "";
    const point = this.input("latitude").value === "" ? "" : `${Number(this.input("latitude").value).toFixed(5)}, ${Number(this.input("longitude").value).toFixed(5)}`;
    return [typed, named || this.ward, named || this.ward ? "" : point].filter((part) => part !== "").join(" · ");
  }

  private ward = "";

  private input(name: string): HTMLInputElement {
    const found = this.form.elements.namedItem(name);
    if (!(found instanceof HTMLInputElement)) throw new Error(`${name} is missing`);
    return found;
  }

  private say(words: string | undefined): void {
    if (this.said !== null) this.said.textContent = words ?? "";
  }

  private locate(button: HTMLButtonElement): void {
    const { waiting, denied } = button.dataset;
    if (!("geolocation" in navigator)) {
      this.say(denied);
      return;
    }
    this.say(waiting);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { void this.take(coords.longitude, coords.latitude, true); },
      () => { this.say(denied); },
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
    );
  }

  private async open(): Promise<void> {
    if (this.canvas === null) return;
    this.canvas.hidden = false;
    const canvas = this.canvas;
    this.picker ??= import("./place_map").then(({ picker }) => picker(canvas, (longitude, latitude) => {
      void this.take(longitude, latitude, false);
    }));
    const drawn = await this.picker.catch(() => {
      this.picker = null;
      canvas.hidden = true;
      this.say(canvas.dataset.failed);
      return null;
    });
    if (this.input("latitude").value !== "") drawn?.show(Number(this.input("longitude").value), Number(this.input("latitude").value));
    canvas.querySelector<HTMLElement>("canvas")?.focus();
  }

  private async take(longitude: number, latitude: number, goOn: boolean): Promise<void> {
    this.input("longitude").value = longitude.toFixed(6);
    this.input("latitude").value = latitude.toFixed(6);
    this.ward = "";
    this.say(`${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
    const drawn = this.canvas?.hidden === false ? await this.picker : null;
    if (goOn) drawn?.show(longitude, latitude);
    await this.look();
    if (goOn) this.known();
  }

  /** What the city knows of the place; nothing where there is no connection. */
  private async look(): Promise<void> {
    const data = new FormData();
    for (const name of ["longitude", "latitude"]) data.set(name, this.input(name).value);
    const found = (await this.ask(this.form.dataset.place ?? "", data).catch(() => null)) as { ward: string; code: string; words: string } | null;
    if (found === null) return;
    this.ward = found.ward;
    const select = this.form.querySelector<HTMLSelectElement>("#ward_code");
    if (select !== null && found.code !== "") select.value = found.code;
    const words = [found.ward, found.words].filter((part) => part !== "").join(" · ");
    if (words !== "") this.say(words);
  }
}
