// Keeps the form and what it needs, so that a report can be written without a connection, and sends it when there is one.
// Built as one file of its own; the city writes what to keep in front of it (`self.SONGCAU`).
import { sendAll } from "./sending";

interface Told {
  files: string[];
  pages: string[];
  home: string;
  report: string;
  waiting: string;
  token: string;
}
interface Waiting extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Waiting { request: Request; respondWith(answer: Promise<Response>): void }
interface Syncing extends Waiting { tag: string }
interface Client { postMessage(message: unknown): void }
interface Scope {
  SONGCAU: Told;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void>; matchAll(options: { includeUncontrolled: boolean }): Promise<Client[]> };
  addEventListener(name: string, heard: (event: Event) => void): void;
}

const scope = self as unknown as Scope;
const told = scope.SONGCAU;
const FILES = "portal-files-1";
const PAGES = "portal-pages-1";
const OUTLINES = `${told.home}wards.geojson`;

async function prepare(): Promise<void> {
  const files = await caches.open(FILES);
  await files.addAll(told.files);
  const pages = await caches.open(PAGES);
  await Promise.all(told.pages.map(async (page) => keepPage(pages, page, await fetch(page))));
}

async function keepPage(pages: Cache, path: string, answer: Response): Promise<void> {
  if (answer.ok && !answer.redirected) await pages.put(path, answer);
}

/** Files of older builds go; those kept since on the way (the map's) stay as long as their name is asked for. */
async function tidy(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith("portal-") && name !== FILES && name !== PAGES) await caches.delete(name);
  }
  const files = await caches.open(FILES);
  const known = new Set(told.files);
  for (const request of await files.keys()) {
    if (!known.has(new URL(request.url).pathname)) await files.delete(request);
  }
  await scope.clients.claim();
}

/** Named after their content: what is kept is right for ever. */
async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(FILES)).put(request, answer.clone());
  return answer;
}

/** As it is now; without a connection as it was last, or what waits on this device. */
async function page(request: Request, path: string): Promise<Response> {
  const pages = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    if (told.pages.includes(path) || path === OUTLINES) await keepPage(pages, path, answer.clone());
    return answer;
  } catch (error) {
    const kept = (await pages.match(path)) ?? (path === OUTLINES ? undefined : await pages.match(told.waiting));
    if (kept === undefined) throw error;
    return kept;
  }
}

async function sendThem(): Promise<void> {
  const done = await sendAll(told);
  for (const client of await scope.clients.matchAll({ includeUncontrolled: true })) client.postMessage("drafts");
  // A broken promise makes the browser try again later.
  if (!done) throw new Error("something still waits");
}

scope.addEventListener("install", (event) => {
  (event as Waiting).waitUntil(prepare().then(() => scope.skipWaiting()));
});
scope.addEventListener("activate", (event) => {
  (event as Waiting).waitUntil(tidy());
});
scope.addEventListener("sync", (event) => {
  if ((event as Syncing).tag === "drafts") (event as Syncing).waitUntil(sendThem());
});
scope.addEventListener("fetch", (heard) => {
  const event = heard as Fetching;
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/dist/")) event.respondWith(file(request));
  else if (request.mode === "navigate" || address.pathname === OUTLINES) event.respondWith(page(request, address.pathname));
});
