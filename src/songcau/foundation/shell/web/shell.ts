// What every page of the desk carries: htmx, menus, named confirmations, copying, the error summary.
import "./shell.css";
import htmx from "htmx.org";

/* ---- htmx: nothing that needs eval, no style element of its own (strict CSP) ---------------------------------- */
htmx.config.includeIndicatorCSS = false;
htmx.config.mode = "same-origin";
htmx.config.defaultTimeout = 30_000;

function busy(on: boolean): void {
  document.documentElement.classList.toggle("is-busy", on);
}

let underWay = 0;
document.addEventListener("htmx:before:request", () => {
  underWay += 1;
  busy(true);
});
document.addEventListener("htmx:finally:request", () => {
  underWay = Math.max(0, underWay - 1);
  busy(underWay > 0);
});
document.addEventListener("htmx:error", () => {
  if (!navigator.onLine) offline(true);
});

/* ---- offline, and back ---------------------------------------------------------------------------------------- */
function offline(is: boolean): void {
  document.documentElement.classList.toggle("is-offline", is);
}
window.addEventListener("offline", () => { offline(true); });
window.addEventListener("online", () => { offline(false); });

/* ---- tables wider than the screen: the keyboard scrolls them too ---------------------------------------------- */
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
function watchTables(): void {
  for (const rows of document.querySelectorAll(".sc-rows")) widths.observe(rows);
}
watchTables();
document.addEventListener("htmx:after:swap", watchTables);

/* ---- menus (<details class="sc-menu">): Escape and a click elsewhere close them ------------------------------- */
function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details.sc-menu[open]")];
}
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  }
});

function escape(): void {
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
  if (location.hash === "#menu") {
    location.hash = "";
    document.querySelector<HTMLElement>(".sc-tool-menu")?.focus();
  }
}

/* ---- keyboard: "/" goes to the search, Escape closes ---------------------------------------------------------- */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") escape();
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  const search = document.querySelector<HTMLInputElement>("[data-search]");
  if (search === null) return;
  event.preventDefault();
  search.focus();
  search.select();
});

/* ---- a destructive form asks once, naming the thing (data-confirm on the form or on its button) --------------- */
const confirmed = new WeakSet<HTMLFormElement>();

function ask(form: HTMLFormElement, button: HTMLElement | null, words: string): void {
  const template = document.querySelector<HTMLTemplateElement>("#sc-confirm");
  const dialog = template?.content.firstElementChild?.cloneNode(true);
  if (!(dialog instanceof HTMLDialogElement)) return;
  const text = dialog.querySelector("[data-words]");
  if (text !== null) text.textContent = words;
  const yes = dialog.querySelector<HTMLButtonElement>("button[value=yes]");
  if (yes !== null && button?.dataset.confirmLabel !== undefined) yes.textContent = button.dataset.confirmLabel;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") {
      confirmed.add(form);
      form.requestSubmit(button);
    } else {
      button?.focus();
    }
  });
  dialog.showModal();
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const button = event.submitter;
  const words = button?.dataset.confirm ?? form.dataset.confirm;
  if (words === undefined || confirmed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, button, words);
}, true);

/* ---- sent once: a second click on a form under way does nothing ----------------------------------------------- */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  busy(true);
});
window.addEventListener("pageshow", () => {
  busy(false);
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

/* ---- copy (data-copy="what") and print (data-print) ----------------------------------------------------------- */
function say(words: string): void {
  const live = document.querySelector("#sc-live");
  if (live !== null) live.textContent = words;
}
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  if (event.target.closest("[data-print]") !== null) window.print();
  const button = event.target.closest<HTMLElement>("[data-copy]");
  if (button === null) return;
  void navigator.clipboard.writeText(button.dataset.copy ?? "").then(() => {
    say(button.dataset.copied ?? "");
    button.classList.add("is-copied");
  });
});

/* ---- an error summary takes the focus when it appears ---------------------------------------------------------- */
function focusSummary(): void {
  document.querySelector<HTMLElement>(".sc-errors")?.focus();
}
document.addEventListener("htmx:after:swap", focusSummary);
focusSummary();

/* ---- a list that came anew: who turned a page, or stood on what is gone, goes on at its head ------------------- */
let leads = false;
let held = false;
document.addEventListener("click", (event) => {
  leads = event.target instanceof Element && event.target.closest("#listing :is(.sc-pages, .sc-chips) a") !== null;
});
document.addEventListener("htmx:before:swap", () => {
  held = document.activeElement?.closest("#listing") != null;
});
document.addEventListener("htmx:after:swap", () => {
  if (leads || (held && document.activeElement === document.body)) {
    // The list itself says where the page is scrolled to.
    document.querySelector<HTMLElement>("#listing .sc-list-bar [role=status]")?.focus({ preventScroll: true });
  }
  leads = held = false;
});

/* ---- the bell: how many notices are unread, asked once a minute while somebody can see it ---------------------- */
// Not by htmx: a session that is over must not lead away from what is being typed, and keeps none alive (X-Background).
const BELL_MS = 60_000;
const bell = document.querySelector<HTMLAnchorElement>("#sc-bell");
let rungAt = performance.now(); // a clock that is set back would silence it

async function ring(): Promise<void> {
  if (bell === null || document.hidden || performance.now() - rungAt < BELL_MS - 1000) return;
  rungAt = performance.now();
  const answer = await fetch(bell.dataset.countUrl ?? "", {
    headers: { "Accept": "application/json", "X-Background": "1" },
  }).catch(() => null);
  if (!answer?.ok) return;
  const now = await answer.json() as { unread: number; shown: string; words: string };
  const count = bell.querySelector("span");
  if (count === null || count.textContent === now.shown) return;
  if (now.unread > Number.parseInt(count.textContent, 10)) say(now.words);
  count.textContent = now.shown;
  count.toggleAttribute("hidden", now.unread === 0);
  bell.setAttribute("aria-label", now.words);
  bell.title = now.words;
}
if (bell !== null) {
  setInterval(() => void ring(), BELL_MS);
  document.addEventListener("visibilitychange", () => void ring());
}
