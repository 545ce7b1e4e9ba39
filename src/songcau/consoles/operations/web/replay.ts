// Plays a day of the past: an hour is fetched at a time, the next one while this one plays.
import { LASTING, OPEN, type Points } from "./points";

export interface Track {
  kind: string;
  ward: string;
  fresh: number;
  places: number[];
  values: number[];
  /** From when until when it was so, of what somebody wrote; until 0: it is so still. */
  lasts: [number, number] | null;
}
interface Hour {
  at: number;
  told: string;
  tracks: Track[];
}

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Seconds of the city in one second of the screen. */
const SPEED = 900;

/** The number of the last entry at or before an instant in flat numbers of a width; -1: none. */
function before(flat: readonly number[], width: number, instant: number): number {
  let low = 0;
  let high = flat.length / width;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((flat[middle * width] ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface ReplayOptions {
  address: string;
  points: Points;
  serverNow: () => number;
  kinds: () => string[];
  indicator: () => string;
  kind: (name: string, fresh: number) => number;
  /** Means of wards at the instant, by code. */
  wards: (values: Map<string, number>) => void;
  /** What is shown: an instant, null: the present; or a refusal in words. */
  shown: (instant: number | null, words?: string) => void;
}

export class Replay {
  instant: number | null = null;
  isPlaying = false;
  #end = 0;
  #begin = 0;
  #hours = new Map<number, Hour | "wanted">();
  #last = 0;
  #drawn = -1;

  constructor(private readonly options: ReplayOptions) {}

  /** The day lasts from one instant to another (seconds since 1970); without the first it is the 24 hours before. */
  day(end: number, begin = end - DAY): void {
    this.#end = end;
    this.#begin = begin;
    this.#hours.clear();
  }

  get begin(): number {
    return this.#begin;
  }

  get minutes(): number {
    return Math.ceil((this.#end - this.#begin) / 60);
  }

  async seek(instant: number): Promise<void> {
    this.instant = Math.min(Math.max(instant, this.begin), this.#end);
    await this.#have(this.instant);
    this.#draw(true);
  }

  async play(): Promise<void> {
    if (this.instant === null || this.instant >= this.#end) this.instant = this.begin;
    await this.#have(this.instant);
    this.isPlaying = true;
    this.#last = performance.now();
    requestAnimationFrame(this.#frame);
  }

  pause(): void {
    this.isPlaying = false;
  }

  /** Back to the present. */
  leave(): void {
    this.isPlaying = false;
    this.instant = null;
    this.options.points.clear();
    this.options.shown(null);
  }

  /** What was fetched for another indicator is of no use. */
  forget(): void {
    this.#hours.clear();
  }

  readonly #frame = (now: number): void => {
    if (!this.isPlaying || this.instant === null) return;
    const next = this.instant + ((now - this.#last) / 1000) * SPEED;
    this.#last = now;
    const hour = this.#hours.get(this.#hourOf(next));
    // The next hour is not here yet: the picture waits, it does not guess.
    if (hour !== undefined && hour !== "wanted") this.instant = next;
    void this.#have(next);
    void this.#have(next + HOUR);
    if (this.instant >= this.#end) {
      this.instant = this.#end;
      this.isPlaying = false;
    }
    this.#draw(false);
    if (this.isPlaying) requestAnimationFrame(this.#frame);
    else this.options.shown(this.instant);
  };

  #hourOf(instant: number): number {
    return Math.floor(Math.min(instant, this.#end - 1) / HOUR) * HOUR;
  }

  async #have(instant: number): Promise<void> {
    const at = this.#hourOf(instant);
    if (this.#hours.has(at) || instant > this.#end) return;
    this.#hours.set(at, "wanted");
    const asked = new URLSearchParams({
      at: new Date(at * 1000).toISOString().replace(".000Z", "+00:00"),
      kinds: this.options.kinds().join(","),
      of: this.options.indicator(),
    });
    const answer = await fetch(`${this.options.address}?${asked.toString()}`, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const said = (await answer?.json().catch(() => null)) as (Hour & { refused?: string }) | null | undefined;
    if (answer?.ok && said) {
      this.#hours.set(at, said);
    } else {
      this.#hours.delete(at);
      this.isPlaying = false;
      this.options.shown(this.instant, said?.refused ?? "");
    }
  }

  #draw(isSought: boolean): void {
    if (this.instant === null) return;
    const instant = Math.floor(this.instant);
    if (instant === this.#drawn && !isSought) return;
    this.#drawn = instant;
    const hour = this.#hours.get(this.#hourOf(instant));
    const points = this.options.points;
    points.clear();
    const means = new Map<string, [number, number]>();
    if (hour !== undefined && hour !== "wanted") {
      hour.tracks.forEach((track, key) => {
        const value = before(track.values, 2, instant);
        const place = Math.max(before(track.places, 3, instant), 0);
        const placedAt = track.places[place * 3] ?? 0;
        const seen = Math.max(value < 0 ? 0 : (track.values[value * 2] ?? 0), placedAt <= instant ? placedAt : 0);
        const [began, ended] = track.lasts ?? [0, 0];
        if (track.places.length > 0 && instant >= began && (ended === 0 || instant < ended)) {
          points.put(key, this.options.kind(track.kind, track.fresh), track.places[place * 3 + 1] ?? 0,
            track.places[place * 3 + 2] ?? 0, seen, track.lasts === null ? OPEN : OPEN | LASTING);
        }
        if (value < 0 || track.kind !== hour.told || track.ward === "" || instant - seen > track.fresh) return;
        const [sum, many] = means.get(track.ward) ?? [0, 0];
        means.set(track.ward, [sum + (track.values[value * 2 + 1] ?? 0), many + 1]);
      });
      if (hour.told !== "") this.options.wards(new Map([...means].map(([ward, [sum, many]]) => [ward, sum / many])));
    }
    points.redraw();
    this.options.shown(this.instant);
  }
}
