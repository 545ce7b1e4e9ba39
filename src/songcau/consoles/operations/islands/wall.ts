// The wall: tiles made by the city and put in place, the live map among them; a clock that is the city's.
import "../web/operations.css";
import "../web/wall.css";
import { Follower, ServerClock } from "../web/live";
import { sayLine } from "../web/line";
import { controls } from "../web/controls";
import { LiveMap, type Facts } from "../web/live_map";
import { arrange, place } from "../web/arranging";
import { watchAlerts } from "../web/alerting";

interface WallFacts extends Facts {
  next: string;
  touchedBy: Record<string, string[]>;
}
interface Fresh {
  tiles: Record<string, string>;
  head: string;
  /** When the city began to make them. */
  begun: number;
  now: number;
}

/** What no event of the live city tells of is looked at so often; what one touches, after so long. */
const POLL_MS = 4_000;
const TOUCHED_MS = 30;
/** No answer comes later than that after one which was asked for later. */
const LATE_SECONDS = 60;

const wall = document.querySelector<HTMLElement>("#ow");

function tileElements(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".ow-tile")];
}

function tick(clock: ServerClock): void {
  const element = document.querySelector<HTMLTimeElement>("#ow-clock");
  if (element === null) return;
  const zone = wall?.dataset.zone ?? "Asia/Ho_Chi_Minh";
  const written = new Intl.DateTimeFormat("vi-VN", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const show = (): void => {
    element.textContent = written.format(clock.now * 1000);
    // To the next full second, so that none is left out.
    setTimeout(show, 1000 - ((clock.now * 1000) % 1000) + 5);
  };
  show();
}

/** Asks for tiles, one request after the other; what is wanted meanwhile is asked for with the next. */
class Lane {
  #timer: number | null = null;
  #wanted = new Set<string>();
  #isAsking = false;

  constructor(private readonly address: string, private readonly show: (fresh: Fresh, keys: readonly string[]) => void) {}

  want(keys: readonly string[]): void {
    for (const key of keys) this.#wanted.add(key);
    if (this.#wanted.size > 0 && !this.#isAsking) this.#timer ??= window.setTimeout(() => void this.#ask(), TOUCHED_MS);
  }

  async #ask(): Promise<void> {
    this.#timer = null;
    const keys = [...this.#wanted];
    this.#wanted.clear();
    this.#isAsking = true;
    try {
      const answer = await fetch(`${this.address}?of=${encodeURIComponent(keys.join(","))}`, {
        headers: { Accept: "application/json" }, cache: "no-store",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show((await answer.json()) as Fresh, keys);
    } catch {
      // What cannot be asked for grows old: the tiles say so, and are asked for again.
      for (const tile of tileElements()) if (keys.includes(tile.dataset.key ?? "")) tile.classList.add("is-stale");
    } finally {
      this.#isAsking = false;
      this.want([]);
    }
  }
}

class Tiles {
  // What devices say is not kept waiting by what asks the database.
  readonly #touched: Lane;
  readonly #polled: Lane;
  readonly #begun = new Map<string, number>();

  constructor(private readonly target: HTMLElement, private readonly facts: WallFacts, private readonly clock: ServerClock) {
    const show = (fresh: Fresh, keys: readonly string[]): void => { this.#show(fresh, keys); };
    this.#touched = new Lane(target.dataset.tiles ?? "", show);
    this.#polled = new Lane(target.dataset.tiles ?? "", show);
    setInterval(() => { this.#polled.want(this.#keys()); }, POLL_MS);
  }

  #keys(): string[] {
    return tileElements().map((tile) => tile.dataset.key ?? "").filter((key) => key !== "MAP");
  }

  want(keys: readonly string[]): void {
    this.#touched.want(keys);
  }

  touched(kinds: readonly string[]): void {
    this.want(
      this.#keys().filter((key) => {
        const [kind = "", what] = key.split(":");
        const by = this.facts.touchedBy[kind] ?? [];
        return what !== undefined && kind === "MEASURE" ? kinds.includes(what.split(".")[0] ?? "") : by.some((one) => kinds.includes(one));
      }),
    );
  }

  #show(fresh: Fresh, keys: readonly string[]): void {
    this.clock.set(fresh.now);
    const head = document.querySelector("#ow-head");
    if (head !== null && head.innerHTML !== fresh.head) head.innerHTML = fresh.head;
    for (const tile of tileElements()) {
      const key = tile.dataset.key ?? "";
      const html = fresh.tiles[key];
      const inside = tile.querySelector<HTMLElement>(".ow-inside");
      if (html === undefined || inside === null || !keys.includes(key)) continue;
      // The other lane may have been quicker; a server whose clock was set back is none.
      const ahead = (this.#begun.get(key) ?? 0) - fresh.begun;
      if (ahead > 0 && ahead < LATE_SECONDS) continue;
      this.#begun.set(key, fresh.begun);
      tile.classList.remove("is-stale");
      replace(inside, html);
    }
    watchAlerts();
    this.target.dataset.drawn = String(Date.now());
  }
}

/** New content in place; who stands on a link of it keeps standing there. */
function replace(inside: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const focused = document.activeElement instanceof HTMLAnchorElement && inside.contains(document.activeElement)
    ? document.activeElement.getAttribute("href") : null;
  inside.replaceChildren(template.content);
  if (focused !== null) inside.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

async function draw(target: HTMLElement): Promise<void> {
  const facts = JSON.parse(document.querySelector("#op-facts")?.textContent ?? "{}") as WallFacts;
  const clock = new ServerClock(facts.now);
  for (const tile of tileElements()) place(tile);
  tick(clock);
  watchAlerts();
  const tiles = new Tiles(target, facts, clock);
  arrange(target, (key) => { tiles.want([key]); });
  const rotation = Number(target.dataset.rotation ?? "0");
  if (facts.next !== "" && rotation > 0) {
    setTimeout(() => { location.href = `${target.dataset.address ?? ""}?wall=${encodeURIComponent(facts.next)}&turn=1`; }, rotation * 1000);
  }
  const element = document.querySelector<HTMLElement>("#op-map");
  const map = element === null ? null : await LiveMap.draw(element, facts, clock);
  const follow = map === null ? null : controls(map);
  const box = element ?? target;
  const addresses = { points: box.dataset.points ?? "/operations/points.json", stream: box.dataset.stream ?? "/operations/stream/" };
  await new Follower(addresses, clock, {
    whole(delta, epoch) {
      map?.whole(delta, epoch);
      tiles.touched(delta.touched);
    },
    changed(delta) {
      map?.changed(delta);
      follow?.touched(delta.touched);
      tiles.touched(delta.touched);
    },
    line: sayLine,
  }).run();
}

if (wall !== null) void draw(wall);
