// Reporting in four steps on one page. Without this file the same form works as a plain one.
import { draft as keptDraft, forget, keep, newId, type Draft } from "../web/drafts";
import { Photos, smaller } from "../web/photos";
import { Place } from "../web/place";
import { accountNow, sendFirst, type Paths } from "../web/sending";

const STEPS = ["step-photo", "step-place", "step-what", "step-send"];
const MEGABYTE = 1024 * 1024;
const PAUSE_MS = 500;

/** An element that the page has for certain. */
function part(selector: string): HTMLElement {
  return sure(document.querySelector<HTMLElement>(selector), selector);
}
function sure<Found>(found: Found | null, selector: string): Found {
  if (found === null) throw new Error(`${selector} is missing`);
  return found;
}

const form = sure(document.querySelector<HTMLFormElement>("#report"), "#report");
const bar = part("#cp-waits");
const paths: Paths = { token: bar.dataset.token ?? "", report: bar.dataset.report ?? "" };
const text = sure(document.querySelector<HTMLTextAreaElement>("#text"), "#text");
const category = sure(document.querySelector<HTMLSelectElement>("#category"), "#category");
const summary = part("#summary");
let reopened: string | null = null;
let account = "";

function valueOf(name: string): string {
  return form.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "";
}
const held = (): string => valueOf("held");

/* ---- asking the city while typing; without a connection there is simply no help -------------------------------- */
async function ask(address: string, data: FormData, accept = "application/json"): Promise<Response> {
  const csrf = valueOf("csrfmiddlewaretoken");
  const answer = await fetch(address, { method: "POST", body: data, headers: { "Accept": accept, "X-CSRFToken": csrf } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}
const askJson = (address: string, data: FormData): Promise<unknown> => ask(address, data).then((answer) => answer.json());

/* ---- steps: those to come are hidden until the one before is done ---------------------------------------------- */
function reach(id: string, focus = true): void {
  const upTo = STEPS.indexOf(id);
  STEPS.forEach((step, place) => {
    if (place <= upTo) part(`#${step}`).classList.remove("is-later");
  });
  const step = part(`#${id}`);
  // Whoever went on by the button finds the next heading, not the button that is gone.
  for (const button of document.querySelectorAll<HTMLElement>("[data-next]")) {
    button.hidden = STEPS.indexOf(button.dataset.next ?? "") <= reached();
  }
  if (id === "step-send") {
    review();
    void similar();
  }
  if (focus) {
    const heading = step.querySelector<HTMLElement>("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    step.scrollIntoView({ block: "start" });
  }
}

function reached(): number {
  return STEPS.findLastIndex((step) => !part(`#${step}`).classList.contains("is-later"));
}

/* ---- 1 photo --------------------------------------------------------------------------------------------------- */
const input = sure(document.querySelector<HTMLInputElement>("#photos"), "#photos");
const photos = new Photos(
  part("#shots"),
  { most: Number(form.dataset.most), bytes: Number(form.dataset.mb) * MEGABYTE },
  (faults) => { complain(faults.length > 0 ? { photos: faults.join(" ") } : {}); },
);
input.addEventListener("change", () => {
  const chosen = [...input.files ?? []];
  photos.add(chosen);
  input.value = "";
  if (photos.files.length > 0 && chosen.length > 0) reach("step-place", reached() < 1);
});
input.addEventListener("focus", () => { part(".cp-file").classList.add("has-focus"); });
input.addEventListener("blur", () => { part(".cp-file").classList.remove("has-focus"); });

/* ---- 2 place --------------------------------------------------------------------------------------------------- */
const place = new Place(form, askJson, () => { reach("step-what", reached() < 2); });

/* ---- 3 words, subject, questions ------------------------------------------------------------------------------- */
const suggested = part("#suggested");
let pause: ReturnType<typeof setTimeout> | undefined;

function countLeft(): void {
  const left = part("#text-left");
  const over = Array.from(text.value).length - Number(text.dataset.limit);
  const near = over > -500;
  left.textContent = near ? `${String(Math.abs(over))} ${(over > 0 ? left.dataset.over : left.dataset.left) ?? ""}` : "";
}

async function suggest(): Promise<void> {
  const data = new FormData();
  data.set("text", text.value);
  const found = (await askJson(form.dataset.suggest ?? "", data).catch(() => null)) as { categories: string[] } | null;
  const buttons = (found?.categories ?? []).flatMap((code) => {
    const option = [...category.options].find((one) => one.value === code);
    if (option === undefined || code === category.value) return [];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "is-second";
    button.textContent = option.textContent;
    button.addEventListener("click", () => {
      byKeys = false;
      category.value = code;
      category.dispatchEvent(new Event("change"));
    });
    return [button];
  });
  suggested.hidden = buttons.length === 0;
  suggested.querySelector(".cp-buttons")?.replaceChildren(...buttons);
}

text.addEventListener("input", () => {
  countLeft();
  clearTimeout(pause);
  pause = setTimeout(() => void suggest(), PAUSE_MS);
});

function showQuestions(): boolean {
  let asks = false;
  for (const block of document.querySelectorAll<HTMLDetailsElement>(".cp-questions")) {
    block.hidden = block.dataset.category !== category.value;
    block.open = true;
    asks ||= !block.hidden;
  }
  return asks;
}
// Whoever goes through the subjects with the arrows has not chosen yet: the focus stays with them.
let byKeys = false;
category.addEventListener("keydown", () => { byKeys = true; });
category.addEventListener("pointerdown", () => { byKeys = false; });
category.addEventListener("change", () => {
  suggested.hidden = true;
  const asks = showQuestions();
  if (asks && !byKeys) document.querySelector<HTMLElement>(".cp-questions:not([hidden]) :is(input, select)")?.focus();
  reach("step-send", !asks && !byKeys && reached() < 3);
});

/* ---- 4 check, likely duplicates, send -------------------------------------------------------------------------- */
function review(): void {
  const list = part("#review dl");
  const { photos: photosWord, place: placeWord, text: textWord, category: categoryWord, change, none = "" } = list.dataset;
  const rows: [string | undefined, string, string][] = [
    [photosWord, photos.files.length > 0 ? String(photos.files.length) : none, "photos"],
    [placeWord, place.words || none, "place_words"],
    [textWord, text.value.trim() || none, "text"],
    [categoryWord, category.value === "" ? none : category.selectedOptions[0]?.textContent ?? none, "category"],
  ];
  list.replaceChildren(...rows.flatMap(([name, said, id]) => {
    const term = document.createElement("dt");
    term.textContent = name ?? "";
    const value = document.createElement("dd");
    value.className = "cp-text";
    value.textContent = said;
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = change ?? "";
    link.setAttribute("aria-label", `${change ?? ""}: ${name ?? ""}`);
    value.append(link);
    return [term, value];
  }));
  part("#review").hidden = false;
}
form.addEventListener("change", () => { if (reached() === 3) review(); });

async function similar(): Promise<void> {
  const answer = await ask(form.dataset.similar ?? "", values(), "text/html").catch(() => null);
  if (answer !== null) part("#similar").innerHTML = await answer.text();
}

/** The fields without the photos and without what belongs to this page only. */
function values(): FormData {
  const data = new FormData(form);
  for (const name of ["photos", "csrfmiddlewaretoken", "step"]) data.delete(name);
  return data;
}

/** Faults beside their fields and in the summary, which takes the focus. */
function complain(faults: Record<string, string>): void {
  for (const old of document.querySelectorAll(".is-from-script")) old.remove();
  for (const field of document.querySelectorAll(".sc-field.has-error")) field.classList.remove("has-error");
  const list = summary.querySelector("ul");
  list?.replaceChildren(...Object.entries(faults).map(([name, words]) => {
    const item = document.createElement("li");
    const field = name === "" ? null : document.getElementById(name);
    if (field === null) item.textContent = words;
    else {
      item.append(Object.assign(document.createElement("a"), { href: `#${name}`, textContent: words }));
      const said = Object.assign(document.createElement("p"), { className: "invalid-feedback is-from-script", textContent: words });
      field.closest(".sc-field")?.classList.add("has-error");
      field.closest("details")?.setAttribute("open", "");
      field.before(said);
    }
    return item;
  }));
  summary.hidden = Object.keys(faults).length === 0;
  if (summary.hidden) return;
  summary.focus();
  summary.scrollIntoView({ block: "start" });
}

function lacking(): Record<string, string> {
  const faults: Record<string, string> = {};
  if (text.value.trim() === "") faults.text = form.dataset.needText ?? "";
  if (category.value === "") faults.category = form.dataset.needCategory ?? "";
  return faults;
}

const progress = part("#progress");
function shown(part_: number | null, words: string): void {
  progress.hidden = false;
  const bar_ = progress.querySelector("progress");
  if (bar_ !== null && part_ !== null) bar_.value = Math.round(part_ * 100);
  const said = progress.querySelector("span");
  if (said !== null && said.textContent !== said.dataset[words]) said.textContent = said.dataset[words] ?? "";
}

async function written(): Promise<Draft> {
  const data = values();
  const files = data.get("keeps_original") === "on" ? photos.files : await Promise.all(photos.files.map(smaller));
  const fields = [...data.entries()].filter((entry): entry is [string, string] => typeof entry[1] === "string");
  // What a page without script has held already is known by that page's own number.
  const own = held() === "" ? newId() : valueOf("submission_id");
  return { id: reopened ?? own, madeAt: new Date().toISOString(), account, fields, files, state: "WAITS" };
}

/** `sameAs`: the code of the report that this one is the same as; then nothing of it has to be said again. */
async function send(sameAs: string): Promise<void> {
  const faults = sameAs === "" ? lacking() : {};
  if (Object.keys(faults).length > 0) {
    complain(faults);
    return;
  }
  complain({});
  shown(0, "preparing");
  const one = await written();
  if (sameAs !== "") one.fields.push(["same_as", sameAs]);
  // Before a byte is sent it is on this device's disk. Where there is no such store it is sent all the same.
  const kept = await keep(one).then(() => true, () => false);
  reopened = one.id;
  shown(0, "sending");
  const result = await sendFirst(one, paths, (sent) => { shown(sent, "sending"); });
  if (result.kind === "sent") {
    await forget(one.id).catch(() => undefined);
    location.assign(form.dataset.sent ?? "");
  } else if (result.kind === "refused") {
    await forget(one.id).catch(() => undefined);
    progress.hidden = true;
    complain(result.errors);
  } else {
    shown(null, "kept");
    if (kept) await later();
  }
}

/** It waits on this device; the browser itself sends it where it can, and the next visit where it cannot. */
async function later(): Promise<void> {
  document.dispatchEvent(new Event("drafts"));
  if ("serviceWorker" in navigator) {
    const registration = (await navigator.serviceWorker.getRegistration().catch(() => undefined)) as
      | (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } })
      | undefined;
    await registration?.sync?.register("drafts").catch(() => undefined);
  }
  location.assign(form.dataset.waiting ?? "");
}

let sending = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  const button = part("#send");
  button.setAttribute("aria-busy", "true");
  const { submitter } = event;
  const sameAs = submitter instanceof HTMLButtonElement && submitter.name === "same_as" ? submitter.value : "";
  void send(sameAs).finally(() => {
    sending = false;
    button.removeAttribute("aria-busy");
  });
});
// Enter in a field goes on, and does not send what nobody has checked.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.type !== "file") event.preventDefault();
});
for (const button of document.querySelectorAll<HTMLElement>("[data-next]")) {
  button.addEventListener("click", () => { reach(button.dataset.next ?? ""); });
}

/* ---- a draft of this device, opened again ---------------------------------------------------------------------- */
async function openAgain(id: string): Promise<void> {
  const one = await keptDraft(id).catch(() => undefined);
  if (one === undefined) return;
  reopened = one.id;
  for (const box of form.querySelectorAll<HTMLInputElement>("[type=checkbox]")) box.checked = false;
  for (const [name, value] of one.fields) {
    for (const field of document.getElementsByName(name)) {
      if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) field.checked = field.value === value || value === "on";
      else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) field.value = value;
    }
  }
  photos.add(one.files);
  showQuestions();
  reach("step-send", false);
  complain(one.errors ?? {});
}

async function begin(): Promise<void> {
  const id = new URLSearchParams(location.search).get("draft");
  const begun = text.value !== "" || !summary.hidden || held() !== "";
  for (const step of STEPS.slice(1)) part(`#${step}`).classList.toggle("is-later", !begun);
  showQuestions();
  countLeft();
  if (begun) reach("step-send", false);
  if (id !== null) await openAgain(id);
  // Kept for the moment of writing: whoever is signed in when it is sent may be somebody else.
  account = await accountNow(paths);
}
void begin();
