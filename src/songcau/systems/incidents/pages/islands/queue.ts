// The queue of alerts: by keys, and fresh by itself. Everything here is also a link or a form.
import htmx from "htmx.org";

const EVERY_MS = 10_000;
const HINT_GOES_MS = 500;

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));
}

function lines(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("#listing a[data-alert]")];
}

/* ---- where one is: a line is known by its alert, so that it stays when others come above it -------------------- */
let chosen = "";

function current(): HTMLAnchorElement | undefined {
  return lines().find((line) => line.dataset.alert === chosen);
}

function mark(): void {
  for (const line of lines()) {
    if (line.dataset.alert === chosen) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

function go(step: number): void {
  const all = lines();
  const at = all.findIndex((line) => line.dataset.alert === chosen);
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  if (next === undefined) return;
  take(next);
}

function take(line: HTMLAnchorElement): void {
  chosen = line.dataset.alert ?? "";
  mark();
  hint("");
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

const says = document.querySelector<HTMLElement>("#keys-say");

/** A key that has no line to work on says which keys choose one; "" takes it away again. */
function hint(words: string): void {
  if (says === null || says.textContent === words) return;
  says.textContent = words;
  says.classList.toggle("is-lost", words !== "");
}

document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLAnchorElement && event.target.dataset.alert !== undefined) {
    chosen = event.target.dataset.alert;
    mark();
    // Not at once: were the list to move while the mouse is down, the click would miss its line.
    setTimeout(() => { hint(""); }, HINT_GOES_MS);
  }
});

/* ---- what is done with those ticked, or with the line one is on ----------------------------------------------- */
const form = document.querySelector<HTMLFormElement>("#bulk");

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("#listing input[name=chosen]")];
}

function tick(): void {
  const box = current()?.closest("tr")?.querySelector<HTMLInputElement>("input[name=chosen]");
  if (box) box.checked = !box.checked;
  else hint(says?.dataset.none ?? "");
}

/* The note belongs to closing: with another act it is not there. */
const act = form?.querySelector<HTMLSelectElement>("select[name=act]");

function fitNote(): void {
  form?.querySelector("textarea[name=text]")?.closest(".sc-field")?.toggleAttribute("hidden", act?.value !== "close");
}

act?.addEventListener("change", fitNote);
fitNote();

function choose(wanted: string): boolean {
  if (!act || ![...act.options].some((option) => option.value === wanted)) return false;
  if (!boxes().some((box) => box.checked)) tick();
  act.value = wanted;
  fitNote();
  return boxes().some((box) => box.checked);
}

function send(wanted: string): void {
  if (choose(wanted)) form?.requestSubmit();
}

/* ---- the place in the list is kept over the act, which brings the page anew ------------------------------------- */
const PLACE = "incidents.place";

/** The line one is on, then those after it and before it with which nothing is done, the nearest first. */
form?.addEventListener("submit", () => {
  const all = lines();
  const at = all.findIndex((line) => line.dataset.alert === chosen);
  if (at < 0) return;
  const ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  const others = [...all.slice(at + 1), ...all.slice(0, at).reverse()].map((line) => line.dataset.alert ?? "");
  sessionStorage.setItem(PLACE, JSON.stringify([chosen, ...others.filter((one) => !ticked.has(one))]));
});

function takeUp(): void {
  const [here, ...others] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]") as string[];
  sessionStorage.removeItem(PLACE);
  if (here === undefined) return;
  // Refused for want of something: one stays where one was, and the refusal keeps the focus.
  const isRefused = document.querySelector(".sc-errors") !== null;
  const wanted = isRefused ? [here] : others;
  const next = wanted.map((one) => lines().find((line) => line.dataset.alert === one)).find((line) => line !== undefined);
  if (next === undefined) return;
  if (!isRefused) take(next);
  else chosen = here;
  mark();
}

takeUp();

const KEYS: Record<string, () => void> = {
  j: () => { go(1); },
  k: () => { go(-1); },
  x: tick,
  a: () => { send("acknowledge"); },
  g: () => { send("group"); },
  i: () => { send("incident"); },
  c: () => {
    if (choose("close")) form?.querySelector<HTMLTextAreaElement>("textarea[name=text]")?.focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  const does = KEYS[event.key];
  if (does === undefined || document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  does();
});

/* ---- fresh by itself; what is ticked, written and focused stays ------------------------------------------------ */
const live = document.querySelector<HTMLElement>("#live");
// As the server writes it: the clock and the zone of whoever looks may be wrong.
let shownAt = live?.dataset.at ?? "";

function say(words: string | undefined, isLost: boolean): void {
  if (live === null || words === undefined) return;
  live.classList.toggle("is-lost", isLost);
  // Read aloud only when it changes from one to the other.
  live.setAttribute("aria-live", isLost ? "assertive" : "off");
  live.textContent = words.replace("%s", shownAt);
}

/** What finds the same link or box again among lines that came anew; "" when nothing of them has the focus. */
function focused(old: Element): string {
  const active = document.activeElement;
  if (active === null || !old.contains(active)) return "";
  const named = ["data-alert", "value", "href"].find((name) => active.hasAttribute(name));
  if (named === undefined) return "";
  return `#queue ${active.tagName.toLowerCase()}[${named}="${CSS.escape(active.getAttribute(named) ?? "")}"]`;
}

function swap(fresh: Element, says: string): void {
  const old = document.querySelector("#queue");
  if (old === null) return;
  const heading = document.querySelector("#queue-says");
  if (heading !== null) heading.textContent = says;
  const ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  const focus = focused(old);
  old.replaceChildren(...fresh.childNodes);
  for (const box of boxes()) box.checked = ticked.has(box.value);
  mark();
  if (focus !== "") document.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
  htmx.process(old);
}

function isBusy(): boolean {
  // Whoever searches, chooses a filter or has a box under the finger is not disturbed.
  const active = document.activeElement;
  return document.hidden || (active !== null && active.closest("#listing form, #listing details[open]") !== null);
}

async function refresh(): Promise<void> {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(EVERY_MS) });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#queue");
    if (fresh === null) throw new Error("no queue");
    if (!isBusy()) {
      swap(document.importNode(fresh, true), page.querySelector("#queue-says")?.textContent ?? "");
      shownAt = page.querySelector<HTMLElement>("#live")?.dataset.at ?? "";
    }
    say(live?.dataset.fresh, false);
  } catch {
    say(live?.dataset.lost, true);
  }
}

if (live !== null) {
  setInterval(() => { if (!document.hidden) void refresh(); }, EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void refresh(); });
}
