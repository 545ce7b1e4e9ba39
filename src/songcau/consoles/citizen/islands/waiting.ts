// The list of what this device keeps: what waits, what was sent, what was refused.
import { drafts, forget, type Draft } from "../web/drafts";
import { sendAll } from "../web/sending";

const list = document.querySelector<HTMLElement>("#drafts");
const bar = document.querySelector<HTMLElement>("#cp-waits");
const said = document.querySelector<HTMLElement>("#said");
const words = list?.dataset ?? {};

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text = "", kind = ""): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = kind;
  return made;
}

function field(one: Draft, name: string): string {
  return one.fields.find(([each]) => each === name)?.[1] ?? "";
}

function facts(one: Draft): HTMLElement {
  const state = { WAITS: words.waits, SENT: words.sent, REFUSED: words.refused }[one.state] ?? "";
  const line = element("p");
  line.append(element("span", state, `cp-state ${one.state === "SENT" ? "is-done" : one.state === "REFUSED" ? "is-late" : ""}`));
  line.append(` ${new Date(one.madeAt).toLocaleString(document.documentElement.lang)}`);
  if (one.files.length > 0) line.append(` · ${words.photos ?? ""}: ${String(one.files.length)}`);
  return line;
}

function codes(one: Draft): HTMLElement[] {
  if (one.answer === undefined) return [];
  const shown = element("dl", "", "cp-codes");
  shown.append(element("dt", words.code), element("dd", one.answer.code), element("dt", words.secret), element("dd", one.answer.secret));
  const link = element("a", words.follow);
  link.href = one.answer.track;
  const line = element("p");
  line.append(link);
  return [shown, line];
}

function buttons(one: Draft): HTMLElement {
  const row = element("div", "", "cp-buttons");
  if (one.state !== "SENT") {
    const link = element("a", words.open);
    link.href = `${words.report ?? ""}?draft=${one.id}`;
    row.append(link);
  }
  const remove = element("button", words.delete, "is-plain");
  remove.type = "button";
  remove.addEventListener("click", () => {
    if (one.state !== "WAITS" || confirm(words.sure)) void forget(one.id).then(changed);
  });
  row.append(remove);
  return row;
}

function row(one: Draft): HTMLElement {
  const item = element("li");
  const text = field(one, "text");
  if (text !== "") item.append(element("p", text.length > 200 ? `${text.slice(0, 200)}…` : text, "cp-text"));
  item.append(facts(one));
  for (const fault of Object.values(one.errors ?? {})) item.append(element("p", fault, "invalid-feedback"));
  item.append(...codes(one), buttons(one));
  return item;
}

async function show(): Promise<void> {
  const found = await drafts().catch(() => []);
  list?.replaceChildren(...found.map(row));
  document.querySelector("#none")?.toggleAttribute("hidden", found.length > 0);
}

function changed(): void {
  document.dispatchEvent(new Event("drafts"));
}

document.addEventListener("drafts", () => void show());
document.querySelector("#send-now")?.addEventListener("click", () => {
  if (said !== null) said.textContent = words.sending ?? "";
  void sendAll({ token: bar?.dataset.token ?? "", report: bar?.dataset.report ?? "" }).then((done) => {
    if (said !== null) said.textContent = (done ? words.sent : words.waits) ?? "";
    changed();
  });
});
void show();
