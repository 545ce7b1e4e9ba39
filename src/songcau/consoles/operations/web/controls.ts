// What a person turns on a live map: kinds, gathering, heat, the figure of wards, the past.
import type { LiveMap } from "./live_map";
import { Replay } from "./replay";

const RENEW_MS = 15_000;

function toggle(id: string, turned: (isOn: boolean) => void): void {
  const button = document.querySelector<HTMLButtonElement>(id);
  button?.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    turned(isOn);
  });
}

/** Hue and shape of a kind, as the map draws it. */
function dress(mark: HTMLElement, kind: number): void {
  mark.classList.add(`is-hue-${String(kind % 6)}`, `is-shape-${String(kind % 4)}`);
}

function layers(map: LiveMap): void {
  const list = document.querySelector<HTMLElement>("#op-kinds");
  for (const mark of document.querySelectorAll<HTMLElement>(".op-mark[data-kind]")) {
    dress(mark, map.live.kind(mark.dataset.kind ?? "", map.facts.freshUsually));
  }
  list?.addEventListener("change", (event) => {
    const box = event.target;
    if (box instanceof HTMLInputElement) map.showKind(box.value, box.checked);
  });
  // A kind that speaks for the first time while the page is open.
  map.onNewKind = (kind) => {
    if (list === null) return;
    const row = document.createElement("li");
    const label = document.createElement("label");
    label.className = "op-kind";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: kind, checked: true });
    box.className = "form-check-input";
    const mark = document.createElement("span");
    mark.className = "op-mark";
    mark.setAttribute("aria-hidden", "true");
    const words = document.createElement("span");
    words.textContent = map.facts.kinds[kind] ?? kind;
    label.append(box, mark, words);
    row.append(label);
    list.append(row);
    list.hidden = false;
    queueMicrotask(() => { dress(mark, map.live.kind(kind, map.facts.freshUsually)); });
  };
  toggle("#op-gather", (isOn) => { map.setGathering(isOn); });
  toggle("#op-heat", (isOn) => { map.setHeat(isOn); });
}

/** Gives what renews the colours of the wards. */
function figures(map: LiveMap, replay: Replay | null): () => void {
  const choice = document.querySelector<HTMLSelectElement>("#op-indicator");
  const list = document.querySelector<HTMLElement>("#op-ward-list");
  const asOf = document.querySelector<HTMLElement>("#op-wards-asof");
  const renew = async (): Promise<void> => {
    const found = await map.colour(list);
    if (asOf === null) return;
    asOf.hidden = found === null;
    if (found === null) return;
    asOf.classList.toggle("sc-stale", found.stale);
    const { asof = "", source = "", stale = "", missing = "" } = asOf.dataset;
    asOf.textContent = found.missing === true
      ? missing
      : `${found.stale ? `${stale} ` : ""}${asof} ${found.asOf} · ${source}: ${found.source}`;
  };
  choice?.addEventListener("change", () => {
    map.indicator = choice.value;
    replay?.forget();
    void renew();
  });
  setInterval(() => { if (map.indicator !== "") void renew(); }, RENEW_MS);
  return () => void renew();
}

const HOUR = 3600;
/** The city's zone has no summer time. */
const ZONE_SECONDS = 7 * HOUR;

/** When a day of the city ends, in seconds since 1970, of `23/11/2026` as lists take it, or `2026-11-23`; null: it is none. */
function endOfDay(text: string): number | null {
  const [, d = "", m = "", y = "", year = y, month = m, day = d] =
    /^(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2}))$/.exec(text.trim()) ?? [];
  const begun = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // 31/02 would run on into March.
  if (year === "" || begun.getUTCDate() !== Number(day) || begun.getUTCMonth() !== Number(month) - 1) return null;
  return begun.getTime() / 1000 - ZONE_SECONDS + 24 * HOUR;
}

function time(map: LiveMap): Replay | null {
  const slider = document.querySelector<HTMLInputElement>("#op-slider");
  const play = document.querySelector<HTMLButtonElement>("#op-play");
  const present = document.querySelector<HTMLButtonElement>("#op-present");
  const day = document.querySelector<HTMLInputElement>("#op-day");
  const told = document.querySelector<HTMLOutputElement>("#op-instant");
  const words = document.querySelector<HTMLElement>("#op-past-words");
  if (slider === null || play === null || present === null || day === null) return null;
  const language = document.documentElement.lang === "en" ? "en-GB" : "vi-VN";
  const written = new Intl.DateTimeFormat(language, {
    timeZone: map.element.dataset.zone ?? "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric",
  });
  const replay = new Replay({
    address: map.element.dataset.hour ?? "",
    points: map.past,
    serverNow: () => map.clock.now,
    kinds: () => map.shownKinds(),
    indicator: () => map.indicator,
    kind: (name, fresh) => map.past.kind(name, fresh),
    wards: (values) => {
      const said = new Map([...values].map(([ward, value]) => [ward, value.toLocaleString(language, { maximumFractionDigits: 1 })]));
      map.wards.colour(values, said);
    },
    shown: (instant, refused) => {
      const isPast = instant !== null;
      if (map.isPast !== isPast) map.setPast(isPast);
      map.element.dataset.past = instant === null ? "" : String(Math.floor(instant));
      present.disabled = !isPast;
      play.setAttribute("aria-pressed", String(replay.isPlaying));
      play.setAttribute("aria-label", (replay.isPlaying ? play.dataset.pause : play.dataset.play) ?? "");
      const at = instant === null ? "" : written.format(instant * 1000);
      if (told !== null) told.textContent = at;
      if (words !== null) {
        words.hidden = !isPast;
        // Said at each stop, not at each frame.
        const next = refused === undefined ? `${words.dataset.words ?? ""} ${at}` : refused || (words.dataset.failed ?? "");
        if (isPast && (!replay.isPlaying || words.textContent === "")) words.textContent = next;
        else if (isPast) words.textContent = `${words.dataset.words ?? ""} ${at}`;
      }
      slider.value = instant === null ? slider.max : String(Math.round((instant - replay.begin) / 60));
      slider.setAttribute("aria-valuetext", at);
    },
  });
  map.past.now = () => replay.instant ?? map.clock.now;
  /** Whether there is such a day, and it has begun; none is the day that ends now. */
  const choose = (): boolean => {
    const typed = day.value.trim();
    const end = typed === "" ? map.clock.now : endOfDay(typed);
    const isDay = end !== null && end - 24 * HOUR <= map.clock.now;
    day.setAttribute("aria-invalid", String(!isDay));
    day.classList.toggle("is-invalid", !isDay);
    if (words !== null && (!isDay || replay.instant === null)) {
      words.hidden = isDay;
      words.textContent = isDay ? "" : (words.dataset.wrong ?? "");
    }
    if (isDay) {
      replay.day(Math.min(end, map.clock.now), typed === "" ? undefined : end - 24 * HOUR);
      slider.max = String(replay.minutes);
    }
    return isDay;
  };
  choose();
  day.addEventListener("change", () => { if (choose()) void replay.seek(replay.begin); });
  slider.addEventListener("input", () => {
    if (replay.instant === null) choose();
    replay.pause();
    void replay.seek(replay.begin + Number(slider.value) * 60);
  });
  play.addEventListener("click", () => {
    if (replay.isPlaying) {
      replay.pause();
      return;
    }
    if (replay.instant === null) choose();
    const begun = performance.now();
    void replay.play().then(() => { map.element.dataset.replayStart = String(Math.round(performance.now() - begun)); });
  });
  present.addEventListener("click", () => {
    replay.leave();
    map.wards.plain();
    document.querySelector("#op-indicator")?.dispatchEvent(new Event("change"));
  });
  return replay;
}

function thing(map: LiveMap): void {
  const box = document.querySelector<HTMLElement>("#op-thing");
  if (box === null) return;
  map.onPick = (address) => {
    const show = async (): Promise<void> => {
      const answer = await fetch(address, { headers: { "X-Background": "1" } }).catch(() => null);
      const isShown = answer !== null && (answer.ok || answer.status === 503);
      if (isShown) box.innerHTML = await answer.text();
      else box.replaceChildren(Object.assign(document.createElement("p"), { className: "card-body m-0", textContent: box.dataset.failed ?? "" }));
      box.hidden = false;
      box.focus();
    };
    void show();
  };
  box.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-close]") !== null) box.hidden = true;
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") box.hidden = true; });
}

export function controls(map: LiveMap): { touched(kinds: readonly string[]): void } {
  layers(map);
  thing(map);
  const replay = time(map);
  const renew = figures(map, replay);
  let timer: number | null = null;
  return {
    // What colours the wards changed: soon, and not for each event.
    touched(kinds) {
      const kind = map.indicator.startsWith("reports.") ? "CitizenReport" : map.indicator.slice(0, map.indicator.lastIndexOf("."));
      if (map.indicator === "" || map.isPast || !kinds.includes(kind)) return;
      timer ??= window.setTimeout(() => {
        timer = null;
        renew();
      }, 1_000);
    },
  };
}
