// Renews `#live` every ten seconds while somebody can see it, and says when the server no longer answers.
const PERIOD_MS = 10_000;

function say(isLost: boolean): void {
  document.querySelector<HTMLElement>("#live-lost")?.toggleAttribute("hidden", !isLost);
  document.querySelector("#live")?.classList.toggle("sc-stale", isLost);
}

function renew(): void {
  if (document.hidden) return;
  document.querySelector("#live")?.dispatchEvent(new CustomEvent("renew"));
}

setInterval(renew, PERIOD_MS);
document.addEventListener("visibilitychange", renew);
window.addEventListener("online", renew);
document.addEventListener("htmx:error", () => { say(true); });
document.addEventListener("htmx:after:request", (event) => {
  const status = (event as CustomEvent<{ ctx?: { response?: { status: number } } }>).detail.ctx?.response?.status ?? 0;
  say(status >= 500);
  if (status < 400) document.querySelector("#sc-problem")?.replaceChildren();
});
