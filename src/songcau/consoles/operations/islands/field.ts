// What is near, when the person asks for it: the place goes into one question and is not kept.
import "../web/operations.css";

const box = document.querySelector<HTMLElement>("#op-near");
const list = document.querySelector<HTMLElement>("#op-near-list");
const button = document.querySelector<HTMLButtonElement>("#op-locate");
const PATIENCE_MS = 15_000;

function say(words: string | undefined): void {
  list?.replaceChildren(Object.assign(document.createElement("p"), { className: "card-body m-0", textContent: words ?? "" }));
}

async function show(place: GeolocationCoordinates): Promise<void> {
  const asked = new URLSearchParams({
    longitude: String(place.longitude),
    latitude: String(place.latitude),
    metres: document.querySelector<HTMLSelectElement>("#op-metres")?.value ?? "1000",
  });
  const answer = await fetch(`${box?.dataset.source ?? ""}?${asked.toString()}`).catch(() => null);
  if (answer === null || list === null) say(box?.dataset.offline);
  else list.innerHTML = await answer.text();
}

button?.addEventListener("click", () => {
  say(box?.dataset.asking);
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    (found) => {
      button.removeAttribute("aria-busy");
      void show(found.coords);
    },
    () => {
      button.removeAttribute("aria-busy");
      say(box?.dataset.refused);
    },
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 30_000 },
  );
});
