// What the line to the city is like, in words and by a mark.
import type { Line } from "./live";

export function sayLine(state: Line, seconds: number): void {
  const line = document.querySelector<HTMLElement>("#op-line");
  const words = document.querySelector<HTMLElement>("#op-line-words");
  if (line === null || words === null) return;
  const said = { live: line.dataset.live, lost: line.dataset.lost, cut: line.dataset.cut, "signed-out": line.dataset.signedOut };
  const since = state !== "live" && seconds >= 1 ? ` (${line.dataset.since ?? ""} ${String(Math.round(seconds))} s)` : "";
  const text = `${said[state] ?? ""}${since}`;
  if (words.textContent !== text) words.textContent = text;
  line.dataset.state = state;
  document.documentElement.classList.toggle("is-not-live", state !== "live");
}
