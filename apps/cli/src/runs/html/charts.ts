import { html, type Markup, nothing } from "./markup.ts";

/** A bar of a chart: its parts from the bottom up, as shares of the highest. */
interface Bar {
  readonly label: string;
  /** What it says, in words. */
  readonly title: string;
  readonly parts: readonly { readonly share: number; readonly kind: "cached" | "fetched" | "hit" }[];
}

export interface BarChart {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Lines across, with their words, as shares of the height. */
  readonly lines: readonly { readonly share: number; readonly label: string; readonly isGoal?: boolean }[];
}

// Pixels; widths are percentages, so that letters keep their size on a narrow screen.
const height = 180;
const top = 10;
const bottom = 22;
/** For the words of the lines. */
const gutter = 70;

/** Bars over time. Its numbers are in the table that follows it: for a reader of the screen it is one picture. */
export function barChart({ title, bars, lines }: BarChart): Markup {
  const grid = lines.filter(({ isGoal }) => !isGoal).map(({ share }) => lineAt(share, "grid"));
  // Over the bars, so that one sees which of them reach it.
  const goals = lines.filter(({ isGoal }) => isGoal).map(({ share }) => lineAt(share, "goal"));
  const scale = lines.map(
    ({ share, label, isGoal }) =>
      html`<text class="${isGoal ? "goal" : "axis"}" x="${gutter - 8}" text-anchor="end" y="${yOf(share) + 4}">${label}</text>`,
  );
  const slot = 100 / Math.max(1, bars.length);
  const columns = bars.map((bar, index) => column(bar, index, slot));
  const all = top + height + bottom;
  return html`<div class="chart" role="img" aria-label="${title}"><svg aria-hidden="true" width="${gutter}" height="${all}">${scale}</svg><svg aria-hidden="true" width="100%" height="${all}">${grid}${columns}${goals}${lineAt(0, "base")}${labelsBelow(bars, slot)}</svg></div>`;
}

function column({ title, parts }: Bar, index: number, slot: number): Markup {
  const width = Math.min(slot * 0.72, 6);
  const x = round(slot * (index + 0.5) - width / 2);
  let below = 0;
  const drawn = parts.map(({ share, kind }) => {
    const from = below;
    below += share;
    if (share <= 0) return nothing;
    const tall = round(Math.max(1, height * share));
    return html`<rect class="${kind}" x="${x}%" y="${round(yOf(from) - tall)}" width="${round(width)}%" height="${tall}"/>`;
  });
  return html`<g><title>${title}</title>${drawn}</g>`;
}

function lineAt(share: number, kind: "grid" | "goal" | "base"): Markup {
  return html`<line class="${kind}" x1="0" x2="100%" y1="${yOf(share)}" y2="${yOf(share)}"/>`;
}

function yOf(share: number): number {
  return round(top + height * (1 - share));
}

/** The first, the last and the one in the middle, if it is far enough from both: more would overlap on a telephone. */
function labelsBelow(bars: readonly Bar[], slot: number): Markup[] {
  const last = bars.length - 1;
  const middle = Math.floor(last / 2);
  const isBetween = slot * (middle + 0.5) > 41;
  const at = bars.length < 3 ? [...bars.keys()] : [0, ...(isBetween ? [middle] : []), last];
  return at.map((index) => {
    const isEnd = bars.length > 2 && (index === 0 || index === last);
    const anchor = isEnd ? (index === 0 ? "start" : "end") : "middle";
    const x = isEnd ? (index === 0 ? 0 : 100) : round(slot * (index + 0.5));
    return html`<text class="axis" x="${x}%" y="${top + height + 16}" text-anchor="${anchor}">${bars[index]?.label ?? ""}</text>`;
  });
}

/** A bar beside a number that says the same: nothing for a reader of the screen. */
export function meter(share: number, kind = "cached"): Markup {
  const width = round(Math.min(1, Math.max(0, share)) * 100);
  return html`<svg class="meter" aria-hidden="true" width="100%" height="10"><rect class="track" width="100%" height="10" rx="3"/>${
    width > 0 ? html`<rect class="${kind}" width="${Math.max(width, 0.5)}%" height="10" rx="3"/>` : nothing
  }</svg>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
