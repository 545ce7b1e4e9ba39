// The queue by keys, standard answers and suggestions that fill a field. Everything here is also a link or a form.

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));
}

function rows(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("#listing a[data-report]")];
}

function current(): number {
  return rows().findIndex((row) => row.getAttribute("aria-current") === "true");
}

function go(step: number): void {
  const all = rows();
  const next = all[Math.min(Math.max(current() + step, 0), all.length - 1)];
  if (next !== undefined && next.getAttribute("aria-current") !== "true") next.click();
}

function open(id: string): void {
  const fold = document.querySelector<HTMLDetailsElement>(id);
  if (fold === null) return;
  fold.open = true;
  fold.scrollIntoView({ block: "nearest" });
  fold.querySelector<HTMLElement>("select, textarea, input:not([type=hidden])")?.focus();
}

function tick(): void {
  const box = rows()[current()]?.closest("tr")?.querySelector<HTMLInputElement>("input[name=chosen]");
  if (box) box.checked = !box.checked;
}

const KEYS: Record<string, () => void> = {
  j: () => { go(1); },
  k: () => { go(-1); },
  a: () => { document.querySelector<HTMLFormElement>("#triage")?.requestSubmit(); },
  r: () => { open("#fold-refuse"); },
  e: () => { open("#fold-ask"); },
  m: () => { open("#fold-merge"); },
  x: tick,
  o: () => { document.querySelector<HTMLAnchorElement>("#panel-title a")?.click(); },
};

if (document.querySelector("#panel") !== null) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const act = KEYS[event.key];
    if (act === undefined || document.querySelector("dialog[open]") !== null) return;
    event.preventDefault();
    act();
  });
}

/* ---- a standard answer goes into the text, in place of what a standard answer put there before ------------------ */
document.addEventListener("change", (event) => {
  const choice = event.target;
  if (!(choice instanceof HTMLSelectElement) || choice.dataset.fills === undefined || choice.value === "") return;
  const field = document.querySelector<HTMLTextAreaElement>(`#${CSS.escape(choice.dataset.fills)}`);
  if (field === null) return;
  const typed = field.value.trim();
  field.value = typed === "" || typed === choice.dataset.filled ? choice.value : `${typed}\n\n${choice.value}`;
  choice.dataset.filled = choice.value.trim();
  field.focus();
});

/* ---- what fits by the words: a click chooses it ------------------------------------------------------------------ */
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-sets]") : null;
  const field = document.querySelector<HTMLSelectElement>(`#${CSS.escape(button?.dataset.sets ?? "none")}`);
  if (button === null || field === null) return;
  field.value = button.dataset.value ?? "";
  field.focus();
});
