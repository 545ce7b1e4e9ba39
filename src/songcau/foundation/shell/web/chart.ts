// Charts in the city's colours. A page loads this only where it has one; the same figures stand in a table beside it.
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, TooltipComponent]);

export interface Bar {
  value: number | null;
  /** The list that the figure counts. */
  href: string;
}
export interface Series {
  name: string;
  colour: string;
  bars: Bar[];
  /** Series of one stack stand on each other. */
  stack?: string;
}
export interface Chart {
  lines: string[];
  series: Series[];
  /** Names of places need room: their bars lie, those of days stand. */
  lying: boolean;
  /** As in `46,3 %`. */
  unit?: string;
}

// Okabe and Ito's hues, told apart by every kind of eye; the patterns tell them apart without any.
export const HUES = { green: "#009e73", orange: "#e69f00", sky: "#56b4e9", vermilion: "#d55e00", blue: "#0072b2", purple: "#cc79a7" };
const LINE_PIXELS = 30;
const STANDING_PIXELS = 260;
const NARROW_PIXELS = 480;
const LEGEND_LINE_PIXELS = 24;

/** What a token is at this moment: it may name two colours, for light and dark, of which a chart can read one. */
function token(element: HTMLElement, name: string): string {
  const probe = element.appendChild(document.createElement("span"));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** On a telephone each name of a series takes a line of its own. */
function legendRoom(element: HTMLElement, chart: Chart): number {
  return LEGEND_LINE_PIXELS * (element.clientWidth < NARROW_PIXELS ? chart.series.length : 2) + 8;
}

function option(element: HTMLElement, chart: Chart): EChartsCoreOption {
  const text = token(element, "--sc-text");
  const line = token(element, "--sc-line");
  const unit = chart.unit ?? "";
  const narrow = element.clientWidth < NARROW_PIXELS;
  const language = document.documentElement.lang;
  const written = (value: unknown): string => (typeof value === "number" ? value.toLocaleString(language, { maximumFractionDigits: 1 }) + unit : "–");
  const names = { type: "category", data: chart.lines, inverse: chart.lying, axisLabel: { color: text, width: chart.lying ? (narrow ? 110 : 150) : 90, overflow: "truncate" }, axisLine: { lineStyle: { color: line } } };
  const values = { type: "value", minInterval: unit === "" ? 1 : 0, max: unit === "" ? undefined : 100, axisLabel: { color: text, formatter: written, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(element).fontFamily, color: text },
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    // Drawn, not HTML: the page's rules let no script write styles into it.
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", valueFormatter: written, backgroundColor: token(element, "--sc-panel"), borderColor: line, textStyle: { color: text } },
    legend: { bottom: 0, textStyle: { color: text }, itemHeight: 12 },
    grid: { top: 8, left: 8, right: 24, bottom: legendRoom(element, chart), containLabel: true },
    xAxis: chart.lying ? values : names,
    yAxis: chart.lying ? names : values,
    series: chart.series.map((one) => ({
      type: "bar",
      name: one.name,
      stack: one.stack,
      color: one.colour,
      barMaxWidth: 28,
      data: one.bars.map((bar) => bar.value),
    })),
  };
}

/** Draw it, and again when the page changes its size or its colours. A bar leads to its list. */
export function draw(element: HTMLElement, chart: Chart): void {
  const body = chart.lying ? chart.lines.length * LINE_PIXELS + LINE_PIXELS : STANDING_PIXELS;
  const fit = (): void => { element.style.height = `${String(body + legendRoom(element, chart))}px`; };
  fit();
  const drawn = init(element);
  drawn.setOption(option(element, chart));
  drawn.on("click", (event) => {
    const href = chart.series[event.seriesIndex ?? -1]?.bars[event.dataIndex]?.href ?? "";
    if (href !== "") location.assign(href);
  });
  new ResizeObserver(() => {
    fit();
    drawn.resize();
    drawn.setOption(option(element, chart));
  }).observe(element);
  new MutationObserver(() => { drawn.setOption(option(element, chart)); })
    .observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
