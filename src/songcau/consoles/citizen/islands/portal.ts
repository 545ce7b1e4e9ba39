// What every page of the portal carries: what waits on this device, copying and printing, the connection.
import { drafts } from "../web/drafts";
import { sendAll, type Paths } from "../web/sending";

const root = document.documentElement;
root.classList.add("has-script");
for (const element of document.querySelectorAll(".cp-live:not([id])")) element.removeAttribute("hidden");
document.querySelector<HTMLElement>(".sc-errors:not([hidden])")?.focus();

/* ---- the connection, and what waits for it -------------------------------------------------------------------- */
const bar = document.querySelector<HTMLElement>("#cp-waits");
const { token = "", report = "", worker = "", scope = "" } = bar?.dataset ?? {};
const paths: Paths = { token, report };

async function tell(): Promise<void> {
  const found = await drafts().catch(() => []);
  const waits = found.filter((one) => one.state === "WAITS").length;
  const looks = found.some((one) => one.state === "REFUSED");
  if (bar === null) return;
  bar.hidden = waits === 0 && !looks;
  bar.querySelector("[data-waits-one]")?.toggleAttribute("hidden", looks || waits !== 1);
  bar.querySelector("[data-waits-many]")?.toggleAttribute("hidden", looks || waits < 2);
  bar.querySelector("[data-looks]")?.toggleAttribute("hidden", !looks);
  const count = bar.querySelector("[data-count]");
  if (count !== null) count.textContent = String(waits);
}

async function trySending(): Promise<void> {
  if (navigator.onLine && (await drafts().catch(() => [])).some((one) => one.state === "WAITS")) {
    await sendAll(paths).catch(() => false);
    document.dispatchEvent(new Event("drafts"));
  }
  await tell();
}

function connected(): void {
  root.classList.toggle("is-offline", !navigator.onLine);
  if (navigator.onLine) void trySending();
}
window.addEventListener("online", connected);
window.addEventListener("offline", connected);
document.addEventListener("drafts", () => void tell());
connected();
void tell();

if ("serviceWorker" in navigator && worker !== "") {
  navigator.serviceWorker.register(worker, { scope }).catch(() => undefined);
  navigator.serviceWorker.addEventListener("message", () => { document.dispatchEvent(new Event("drafts")); });
}

/* ---- copy, save, share, print --------------------------------------------------------------------------------- */
function say(words: string | undefined): void {
  const live = document.querySelector("#sc-live");
  if (live !== null && words !== undefined) live.textContent = words;
}

async function copy(text: string, button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(text);
  say(button.dataset.copied);
  const words = document.createElement("span");
  words.textContent = ` · ${button.dataset.copied ?? ""}`;
  button.querySelector("span")?.remove();
  button.append(words);
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest<HTMLElement>("[data-print],[data-copy],[data-save],[data-share]");
  if (button === null) return;
  const { copy: text, save, share, text: content = "" } = button.dataset;
  if (text !== undefined) void copy(text, button);
  else if (save !== undefined) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
    link.download = save;
    link.click();
    setTimeout(() => { URL.revokeObjectURL(link.href); }, 10_000);
  } else if (share !== undefined) {
    if ("share" in navigator) navigator.share({ url: share, title: document.title }).catch(() => undefined);
    else void copy(share, button);
  } else window.print();
});

/* ---- a second press on a form under way does nothing ---------------------------------------------------------- */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});
