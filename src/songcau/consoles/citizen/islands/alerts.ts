// Around which place one wants to hear of reports: by the device, or by pressing on the map.
import { Place } from "../web/place";

const form = document.querySelector<HTMLFormElement>("#around-form");

async function ask(address: string, data: FormData): Promise<unknown> {
  const csrf = form?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers = { "Accept": "application/json", "X-CSRFToken": csrf };
  const answer = await fetch(address, { method: "POST", body: data, headers });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

if (form !== null) new Place(form, ask, () => { form.querySelector<HTMLElement>("#radius")?.focus(); });

export {};
