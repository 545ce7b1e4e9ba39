// The wards coloured by a figure of each. A ward without data is drawn as such: missing is not zero.
import type { Areas, CityMap } from "@shell/map";

export interface WardLine {
  code: string;
  name: string;
  value: number | null;
  text: string;
}
export interface WardFigures {
  missing?: boolean;
  label: string;
  source: string;
  asOf: string;
  stale: boolean;
  wards: WardLine[];
}

interface Outline {
  id: string;
  code: string;
  name: string;
  short_name: string;
  value?: number | null;
  missing?: boolean;
}

export class Wards {
  constructor(private readonly map: CityMap, readonly areas: Areas) {}

  #outlines(): Outline[] {
    return this.areas.features.map((feature) => feature.properties as unknown as Outline);
  }

  /** `values` by the ward's code, `texts` under the names. */
  colour(values: ReadonlyMap<string, number | null>, texts: ReadonlyMap<string, string>, isMissing = true): void {
    const known = [...values.values()].filter((value) => value !== null);
    const low = Math.min(0, ...known);
    const tall = Math.max(...known, low) - low || 1;
    for (const outline of this.#outlines()) {
      const value = values.get(outline.code) ?? null;
      const text = texts.get(outline.code);
      outline.name = text === undefined ? outline.short_name : `${outline.short_name}\n${text}`;
      outline.value = value === null ? 0 : ((value - low) / tall) * 0.85;
      outline.missing = value === null && isMissing;
    }
    this.map.show(this.areas);
  }

  plain(): void {
    this.colour(new Map(), new Map(), false);
  }
}

/** The figures as rows beside the map: the same for who does not see colours. */
export function listWards(list: HTMLElement, figures: WardFigures): void {
  const rows = [...figures.wards].sort((one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity));
  list.replaceChildren(
    ...rows.map((ward) => {
      const row = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = ward.name;
      const value = document.createElement("b");
      value.textContent = ward.text;
      if (ward.value === null) value.className = "op-missing";
      row.append(name, value);
      return row;
    }),
  );
}
