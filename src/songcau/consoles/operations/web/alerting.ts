// A new critical alert slides in once, and sounds once if somebody asked for it. Nothing blinks.
const seen = new Set<string>();
let isFirst = true;
let sound: AudioContext | null = null;

function ring(): void {
  if (sound === null) return;
  const tone = sound.createOscillator();
  const loudness = sound.createGain();
  tone.frequency.value = 660;
  loudness.gain.setValueAtTime(0.2, sound.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.9);
  tone.connect(loudness).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.9);
}

/** Look at the alerts as they are now drawn. Those of the first look were there before. */
export function watchAlerts(): void {
  let isNew = false;
  for (const line of document.querySelectorAll<HTMLElement>("[data-alert]")) {
    const id = line.dataset.alert ?? "";
    if (!seen.has(id) && !isFirst && line.dataset.level === "CRITICAL") {
      line.classList.add("is-new");
      isNew = true;
    }
    seen.add(id);
  }
  if (seen.size > 5_000) seen.clear();
  isFirst = false;
  if (isNew) ring();
}

const button = document.querySelector<HTMLButtonElement>("#ow-sound");
button?.addEventListener("click", () => {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isOn));
  // A browser lets a page sound only after somebody pressed something.
  sound = isOn ? new AudioContext() : null;
  if (isOn) ring();
});
