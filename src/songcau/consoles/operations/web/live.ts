// The live city as a stream: what changed, in order, with resume. A broken line is said in words and heals by itself.

/** Flat numbers by kind: key, longitude, latitude (millionths of a degree), observed (seconds), flags; and again. */
export interface Delta {
  kinds: Record<string, number[]>;
  gone: number[];
  touched: string[];
}
/** live: all is well. lost: the city cannot be reached. cut: it answers, but hears nothing of its devices. */
export type Line = "live" | "lost" | "cut" | "signed-out";

export interface Followed {
  /** Everything there is now, in place of what was shown. */
  whole(delta: Delta, epoch: string): void;
  changed(delta: Delta): void;
  line(state: Line, seconds: number): void;
}

const SILENCE_MS = 12_000;
const LONGEST_PAUSE_MS = 8_000;

/** The server's clock: an operator's own may be an hour wrong. */
export class ServerClock {
  #offset: number;
  constructor(now: number) {
    this.#offset = now - performance.now() / 1000;
  }
  set(now: number): void {
    this.#offset = now - performance.now() / 1000;
  }
  /** Seconds since 1970. */
  get now(): number {
    return this.#offset + performance.now() / 1000;
  }
}

class SignedOut extends Error {}

interface Told {
  event: string;
  id: string;
  data: string;
}

/** The events of a stream (WHATWG HTML, 9.2.6). */
async function* told(body: ReadableStream<Uint8Array>): AsyncGenerator<Told> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value;
    for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
      const one: Told = { event: "", id: "", data: "" };
      for (const line of held.slice(0, end).split("\n")) {
        const at = line.indexOf(": ");
        if (line.startsWith("event: ")) one.event = line.slice(at + 2);
        else if (line.startsWith("id: ")) one.id = line.slice(at + 2);
        else if (line.startsWith("data: ")) one.data = line.slice(at + 2);
      }
      held = held.slice(end + 2);
      if (one.event !== "") yield one;
    }
  }
}

/** Follow for ever. `background`: what is asked keeps no session alive. */
export class Follower {
  #place: string | null = null;
  #pause = 0;
  #lostAt: number | null = null;
  #under: AbortController | null = null;
  #wake: (() => void) | null = null;

  constructor(
    private readonly addresses: { points: string; stream: string },
    private readonly clock: ServerClock,
    private readonly followed: Followed,
    private readonly headers: Record<string, string> = {},
  ) {
    window.addEventListener("online", () => { this.#wake?.(); });
    setInterval(() => { this.#sayLost(); }, 1000);
  }

  async run(): Promise<never> {
    for (;;) {
      try {
        this.#place ??= await this.#load();
        await this.#stream(this.#place);
        this.#pause = 0;
      } catch (error) {
        if (error instanceof SignedOut) this.followed.line("signed-out", 0);
        else this.#lostAt ??= performance.now();
        this.#sayLost();
        this.#pause = Math.min(Math.max(this.#pause * 2, 500), LONGEST_PAUSE_MS);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          setTimeout(resolve, error instanceof SignedOut ? LONGEST_PAUSE_MS : this.#pause);
        });
      }
    }
  }

  #sayLost(): void {
    if (this.#lostAt !== null) this.followed.line("lost", (performance.now() - this.#lostAt) / 1000);
  }

  async #ask(address: string, more: Record<string, string>): Promise<Response> {
    this.#under = new AbortController();
    const under = this.#under;
    const patience = setTimeout(() => { under.abort(); }, SILENCE_MS);
    try {
      const answer = await fetch(address, { headers: { ...this.headers, ...more }, signal: under.signal, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) throw new SignedOut();
      if (!answer.ok) throw new Error(String(answer.status));
      return answer;
    } finally {
      clearTimeout(patience);
    }
  }

  async #load(): Promise<string> {
    const answer = await this.#ask(this.addresses.points, { Accept: "application/json" });
    const place = answer.headers.get("X-Last-Event-ID") ?? "";
    this.followed.whole((await answer.json()) as Delta, place.split(".")[0] ?? "");
    return place;
  }

  async #stream(place: string): Promise<void> {
    const answer = await this.#ask(this.addresses.stream, { Accept: "text/event-stream", "Last-Event-ID": place });
    if (answer.body === null) throw new Error("no stream");
    const under = this.#under;
    let watch = setTimeout(() => { under?.abort(); }, SILENCE_MS);
    try {
      for await (const one of told(answer.body)) {
        clearTimeout(watch);
        watch = setTimeout(() => { under?.abort(); }, SILENCE_MS);
        if (one.event === "reset") {
          this.#place = null;
          return;
        }
        this.#place = one.id;
        this.#take(one);
      }
    } finally {
      clearTimeout(watch);
      under?.abort();
    }
  }

  #take(one: Told): void {
    if (one.event === "delta") {
      this.followed.changed(JSON.parse(one.data) as Delta);
      return;
    }
    const beat = JSON.parse(one.data) as { now: number; cutOff: number };
    this.clock.set(beat.now);
    this.#lostAt = null;
    this.#pause = 0;
    this.followed.line(beat.cutOff > 0 ? "cut" : "live", beat.cutOff);
  }
}
