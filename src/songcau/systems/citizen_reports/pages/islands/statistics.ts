// The charts of the statistics, drawn from the table of the page: there is one set of figures.
import { draw, HUES, type Bar, type Series } from "@shell/chart";

// Of names, only so many fit; the table has them all.
const MOST_LYING = 15;
const MOST_STANDING = 62;
const COLOURS: Record<string, string> = {
  IN_TIME: HUES.green,
  DONE_LATE: HUES.orange,
  OPEN: HUES.sky,
  OPEN_LATE: HUES.vermilion,
  TURNED_DOWN: HUES.purple,
  IN_TIME_PERCENT: HUES.green,
  CONTENT_PERCENT: HUES.blue,
};

const table = document.querySelector<HTMLTableElement>("#figures");

function bars(rows: HTMLTableRowElement[], column: number): Bar[] {
  return rows.map((row) => {
    const cell = row.cells[column];
    const value = cell?.dataset.value ?? "";
    return { value: value === "" ? null : Number(value), href: cell?.querySelector("a")?.href ?? "" };
  });
}

function series(rows: HTMLTableRowElement[], kind: string, stack?: string): Series[] {
  const headings = [...(table?.tHead?.rows[0]?.cells ?? [])];
  return headings.flatMap((heading, column) => {
    const colour = COLOURS[heading.dataset.series ?? ""];
    if (heading.dataset.chart !== kind || colour === undefined) return [];
    return [{ name: heading.textContent.trim(), colour, bars: bars(rows, column), ...(stack !== undefined && { stack }) }];
  });
}

if (table !== null) {
  const lying = table.dataset.lying === "yes";
  const all = [...(table.tBodies[0]?.rows ?? [])].filter((row) => row.dataset.line !== undefined);
  const rows = lying ? all.slice(0, MOST_LYING) : all.slice(-MOST_STANDING);
  const lines = rows.map((row) => row.dataset.line ?? "");
  for (const element of document.querySelectorAll<HTMLElement>("[data-chart-of]")) {
    const kind = element.dataset.chartOf ?? "";
    const whole = kind === "counts" ? { lines, lying, series: series(rows, kind, kind) } : { lines, lying, series: series(rows, kind), unit: " %" };
    draw(element, whole);
  }
}
