// Sends a file by tus 1.0.0 in pieces: shows how far it is, pauses, goes on after a break, also after the page was closed.
const PIECE = 8 * 1024 * 1024;
const LONGEST_PAUSE_MS = 20_000;
const CONFLICT = 409;
const LOCKED = 423;

interface Answer { status: number; header: (name: string) => string | null; text: string }
interface State { state: string; file?: string; message?: string }

function part(name: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`#upload-${name}`);
  if (found === null) throw new Error(`#upload-${name} is missing`);
  return found;
}

/** UTF-8 in base64, as `Upload-Metadata` wants it. */
function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** The answer is not of our own making: a sign-in page, most likely. */
class SignedOut extends Error {}

class Sender {
  private paused = false;
  private request: XMLHttpRequest | null = null;
  private failures = 0;

  constructor(private readonly target: HTMLFormElement, private readonly file: File, private where: string | null, private readonly stopped: () => void) {}

  get key(): string {
    return `upload:${this.file.name}:${String(this.file.size)}:${String(this.file.lastModified)}`;
  }

  private isPaused(): boolean {
    return this.paused;
  }

  pause(): void {
    this.paused = true;
    this.request?.abort();
    this.say("paused");
  }

  async cancel(): Promise<void> {
    this.pause();
    if (this.where !== null) await this.ask("DELETE", this.where).catch(() => undefined);
    this.forget();
  }

  /** Until the file is there, refused, or paused. */
  async run(): Promise<void> {
    this.paused = false;
    while (!this.isPaused()) {
      try {
        if (await this.step()) return;
        this.failures = 0;
      } catch (error) {
        if (this.isPaused()) return;
        if (error instanceof SignedOut) {
          this.paused = true;
          this.say("signedOut");
          this.stopped();
          return;
        }
        this.failures += 1;
        this.say("waiting");
        const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.failures);
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
      }
    }
  }

  /** One piece; true when there is nothing more to do. Throws when trying again may help. */
  private async step(): Promise<boolean> {
    this.where ??= localStorage.getItem(this.key) ?? (await this.create());
    if (this.where === null) return true;
    const head = await this.ask("HEAD", this.where);
    if (head.status === 404 || head.status === 410) {
      this.forget();
      this.where = null;
      return false;
    }
    const offset = this.offset(head);
    if (offset >= this.file.size) return this.finished();
    this.say(offset + PIECE >= this.file.size ? "checking" : "sending");
    const answer = await this.ask("PATCH", this.where, this.file.slice(offset, offset + PIECE), offset);
    if (answer.status === 204) return this.offset(answer) >= this.file.size && (await this.finished());
    if (answer.status === CONFLICT || answer.status === LOCKED || answer.status >= 500) throw new Error("later");
    return this.refused(answer);
  }

  private offset(answer: Answer): number {
    const offset = Number(answer.header("Upload-Offset") ?? NaN);
    if (answer.status >= 500 || Number.isNaN(offset)) throw new Error("no offset");
    this.show(offset);
    return offset;
  }

  /** The address of a new upload, or null when it was refused. */
  private async create(): Promise<string | null> {
    const { address = "", use = "", subjectKind = "", subjectId = "" } = this.target.dataset;
    const told = { use, subject_kind: subjectKind, subject_id: subjectId, filename: this.file.name };
    const metadata = Object.entries(told).map(([name, value]) => `${name} ${encoded(value)}`).join(",");
    const answer = await this.ask("POST", address, undefined, undefined, {
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": metadata,
    });
    const where = answer.header("Location");
    if (answer.status === 201 && where !== null) {
      const path = new URL(where).pathname;
      localStorage.setItem(this.key, path);
      return path;
    }
    if (answer.status === 503) throw new Error("later");
    this.refused(answer);
    return null;
  }

  private async finished(): Promise<boolean> {
    const answer = await this.ask("GET", this.where ?? "");
    const told = JSON.parse(answer.text) as State;
    if (told.state === "RECEIVING") {
      // Everything is there, but it was not taken in: an empty piece asks for it again.
      const again = await this.ask("PATCH", this.where ?? "", new Blob(), this.file.size);
      if (again.status !== 204) throw new Error("later");
      return false;
    }
    this.forget();
    if (told.file === undefined) return this.refused(answer);
    this.say("stored");
    const link = (part("done") as HTMLAnchorElement);
    link.href = `${this.target.dataset.filePage ?? ""}${told.file}/`;
    this.end();
    link.hidden = false;
    link.focus();
    return true;
  }

  private refused(answer: Answer): true {
    let message = "";
    try {
      message = (JSON.parse(answer.text) as State).message ?? "";
    } catch {
      // Not our own answer (a proxy's page, perhaps): the general words must do.
    }
    this.forget();
    this.end();
    part("words").textContent = `${this.target.dataset.failed ?? ""} ${message}`.trim();
    return true;
  }

  private forget(): void {
    localStorage.removeItem(this.key);
  }

  private end(): void {
    part("pause").hidden = part("cancel").hidden = true;
    (part("send") as HTMLButtonElement).disabled = false;
  }

  private say(what: "signedOut" | "sending" | "checking" | "paused" | "waiting" | "stored"): void {
    part("words").textContent = this.target.dataset[what] ?? "";
  }

  private show(sent: number): void {
    const percent = Math.floor((sent / Math.max(this.file.size, 1)) * 100);
    const bar = part("bar");
    bar.style.width = `${String(percent)}%`;
    bar.setAttribute("aria-valuenow", String(percent));
  }

  private ask(method: string, address: string, body?: Blob, offset?: number, more: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open(method, address);
      const token = this.target.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
      const headers: Record<string, string> = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token, ...more };
      if (body !== undefined && offset !== undefined) {
        headers["Content-Type"] = "application/offset+octet-stream";
        headers["Upload-Offset"] = String(offset);
        request.upload.onprogress = (event): void => { this.show(offset + event.loaded); };
      }
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.onload = (): void => {
        if (request.status < 500 && request.getResponseHeader("Tus-Resumable") === null) {
          reject(new SignedOut());
          return;
        }
        resolve({ status: request.status, header: (name) => request.getResponseHeader(name), text: request.responseText });
      };
      request.onerror = request.onabort = request.ontimeout = (): void => { reject(new Error("broken")); };
      request.send(body);
    });
  }
}

/** Makes a form with the parts `#upload-…` send its file; its `data-…` say where to, for what, and all words. */
export function attach(target: HTMLFormElement): void {
  let sender: Sender | null = null;
  let paused = false;
  const pause = (part("pause") as HTMLButtonElement);
  target.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = (part("file") as HTMLInputElement).files?.[0];
    if (file === undefined) return;
    part("done").hidden = true;
    part("state").hidden = pause.hidden = part("cancel").hidden = false;
    (part("send") as HTMLButtonElement).disabled = true;
    paused = false;
    pause.textContent = target.dataset.pause ?? "";
    sender = new Sender(target, file, null, () => {
      paused = true;
      pause.textContent = target.dataset.resume ?? "";
    });
    void sender.run();
  });
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = (paused ? target.dataset.resume : target.dataset.pause) ?? "";
    if (paused) sender?.pause();
    else void sender?.run();
  });
  part("cancel").addEventListener("click", () => {
    void sender?.cancel().then(() => { window.location.reload(); });
  });
}
