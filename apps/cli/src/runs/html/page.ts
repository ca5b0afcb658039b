import { bytes, count, duration } from "../../words.ts";
import { shareOf } from "../figures.ts";
import type { Period, SlowModel, Stats } from "../stats.ts";
import { budgetText, goal, goalText, percent, retryCount, savedText } from "../wording.ts";
import { barChart, meter } from "./charts.ts";
import { html, type Markup, nothing } from "./markup.ts";
import { style } from "./style.ts";
import { htmlTable } from "./table.ts";

/** All that the page tells. */
export interface PageFacts {
  /** The folder of the project, by its last name. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly stats: Stats;
  readonly cache: { readonly bytes: number; readonly budget: number } | undefined;
  /** What this project's lock and config name, the largest first. */
  readonly models: readonly PageModel[];
  /** What nobody uses, the largest first. */
  readonly toDrop: readonly PageModel[];
}

export interface PageModel {
  readonly ref: string;
  readonly bytes: number;
  /** `test, production`, or what it is known from. */
  readonly usedBy: string;
  readonly lastUsed: string;
}

/** One page that needs nothing but itself: no script, no request, no font. */
export function reportPage(facts: PageFacts): string {
  const { name, now, stats } = facts;
  const title = `Models of ${name}`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="soft">${spanOf(stats)}</p>
</header>
<main>
${tiles(facts)}
${overTime(stats.trend)}
${sizes(facts)}
${slowest(stats.slowest)}
${dropping(facts)}
${errors(stats)}
</main>
<footer>
<p>Made by <code>preload report</code> on ${new Date(now).toISOString().slice(0, 16).replace("T", " ")} UTC from the runs that this machine remembers. The hit rate is that of install and ci: how many of the models that were asked for were there. Time saved is an estimate: the bytes that were there, at the rate at which these runs fetched others.</p>
</footer>
</body>
</html>
`.markup;
}

function spanOf({ runs, first, last, failed }: Stats): string {
  if (first === null || last === null) return "No run is remembered yet.";
  const [from, to] = [first.slice(0, 10), last.slice(0, 10)];
  const when = from === to ? `on ${from}` : `from ${from} to ${to}`;
  return `${count(runs, "run")} ${when}, ${failed === 0 ? "none" : failed} of them failed`;
}

function tiles({ stats, cache }: PageFacts): Markup {
  const { hits, hitsAfterFirst, saved } = stats;
  const meant = hitsAfterFirst.models > 0 ? hitsAfterFirst : hits;
  const rate = shareOf(meant.hits, meant.models);
  const ofBytes = shareOf(meant.cachedBytes, meant.bytes);
  const isLate = hitsAfterFirst.models > 0;
  const tone = rate === undefined || !isLate ? "" : rate > goal ? "good" : "bad";
  const time = saved.milliseconds === null ? "the time is not known yet" : `about ${duration(saved.milliseconds)}`;
  const share = cache && shareOf(cache.bytes, cache.budget);
  return html`<ul class="tiles">
<li><h2>Hit rate</h2><strong class="${tone}">${rate === undefined ? "–" : percent(rate)}</strong><p>${
    rate === undefined
      ? "nothing was asked for"
      : `${ofBytes === undefined ? "" : `${percent(ofBytes)} of bytes; `}${isLate ? goalText(meant) : "first runs only"}`
  }</p></li>
<li><h2>Saved</h2><strong>${bytes(saved.bytes)}</strong><p title="${savedText(saved)}">${saved.bytes === 0 ? "nothing was there yet" : time}</p></li>
<li><h2>Fetched</h2><strong>${bytes(stats.fetchedBytes)}</strong><p>${count(stats.requests, "request")}, ${retryCount(stats.retries)}</p></li>
${
  cache === undefined || share === undefined
    ? nothing
    : html`<li><h2>Cache</h2><strong class="${share > 1 ? "bad" : ""}">${percent(share)}</strong><p>${budgetText(cache)}</p>${meter(share, share > 0.6 ? "over" : "cached")}</li>`
}
</ul>`;
}

function overTime(trend: readonly Period[]): Markup {
  if (trend.length === 0) return nothing;
  const unit = trend[0]?.unit === "week" ? "week" : "day";
  const top = Math.max(1, ...trend.map((period) => period.hits.cachedBytes + period.fetchedBytes));
  const hit = ({ hits }: Period) => shareOf(hits.hits, hits.models);
  const rateText = (period: Period) => (hit(period) === undefined ? "nothing asked for" : percent(hit(period) ?? 0));
  const byRate = trend.map((period) => ({
    label: period.from,
    title: `${period.from}: ${rateText(period)}`,
    parts: [{ share: hit(period) ?? 0, kind: "hit" as const }],
  }));
  const byBytes = trend.map((period) => ({
    label: period.from,
    title: `${period.from}: ${bytes(period.hits.cachedBytes)} from the cache, ${bytes(period.fetchedBytes)} fetched`,
    parts: [
      { share: period.hits.cachedBytes / top, kind: "cached" as const },
      { share: period.fetchedBytes / top, kind: "fetched" as const },
    ],
  }));
  const columns = [
    { title: unit === "week" ? "Week from" : "Day" },
    { title: "Runs", kind: "number" },
    { title: "Failed", kind: "number" },
    { title: "Hit rate", kind: "number" },
    { title: "From cache", kind: "number" },
    { title: "Fetched", kind: "number" },
  ] as const;
  const rows = trend
    .map((period) => [
      period.from,
      `${period.runs}`,
      `${period.failed}`,
      rateText(period).replace("nothing asked for", "–"),
      bytes(period.hits.cachedBytes),
      bytes(period.fetchedBytes),
    ])
    .reverse();
  return html`<section class="long">
<div class="pair">
<figure><h2>Hit rate by ${unit}</h2>${barChart({
    title: `Hit rate by ${unit}; the numbers are in the table below`,
    bars: byRate,
    lines: [
      { share: 1, label: "100 %" },
      { share: 0.5, label: "50 %" },
      { share: goal, label: `goal ${percent(goal)}`, isGoal: true },
    ],
  })}</figure>
<figure><h2>Bytes by ${unit}</h2>${barChart({
    title: `Bytes from the cache and over the network by ${unit}; the numbers are in the table below`,
    bars: byBytes,
    lines: [
      { share: 1, label: bytes(top) },
      { share: 0.5, label: bytes(top / 2) },
    ],
  })}
<ul class="key"><li>${swatch("cached")}from the cache</li><li>${swatch("fetched")}fetched</li></ul></figure>
</div>
<details><summary>The numbers by ${unit}</summary>${htmlTable(`Runs by ${unit}`, columns, rows, 200)}</details>
</section>`;
}

function swatch(kind: "cached" | "fetched"): Markup {
  return html`<svg aria-hidden="true" width="11" height="11"><rect class="${kind}" width="11" height="11" rx="2"/></svg>`;
}

const sizeColumns = [
  { title: "Model" },
  { title: "Size", kind: "number" },
  { title: "", kind: "bar" },
  { title: "Profiles" },
] as const;

function sizes({ models, cache }: PageFacts): Markup {
  if (models.length === 0) return nothing;
  const largest = Math.max(1, ...models.map((model) => model.bytes));
  const rows = models.map((model) => [model.ref, bytes(model.bytes), meter(model.bytes / largest), model.usedBy]);
  const total = cache === undefined ? nothing : html`<p class="soft">${budgetText(cache)} that the CI keeps</p>`;
  return html`<section class="long"><h2>Sizes by model</h2>${total}${htmlTable("Sizes by model", sizeColumns, rows)}</section>`;
}

const slowColumns = [
  { title: "Model" },
  { title: "Longest", kind: "number" },
  { title: "", kind: "bar" },
  { title: "Times", kind: "number" },
  { title: "Fetched", kind: "number" },
] as const;

function slowest(models: readonly SlowModel[]): Markup {
  if (models.length === 0) return nothing;
  const longest = Math.max(1, ...models.map((model) => model.milliseconds));
  const rows = models
    .slice(0, 10)
    .map((model) => [
      model.ref,
      duration(model.milliseconds),
      meter(model.milliseconds / longest, "fetched"),
      `${model.times}`,
      bytes(model.fetchedBytes),
    ]);
  return html`<section class="long"><h2>Slowest models</h2><p class="soft">The longest that one took to fetch or mend, others being worked at meanwhile.</p>${htmlTable("Slowest models", slowColumns, rows)}</section>`;
}

const dropColumns = [
  { title: "Model" },
  { title: "Size", kind: "number" },
  { title: "Known from" },
  { title: "Last used" },
] as const;

function dropping({ toDrop }: PageFacts): Markup {
  if (toDrop.length === 0)
    return html`<section><h2>What to drop</h2><p>Nothing: some profile or project uses every model that is here.</p></section>`;
  const rows = toDrop.map((model) => [model.ref, bytes(model.bytes), model.usedBy, model.lastUsed]);
  const all = bytes(toDrop.reduce((sum, model) => sum + model.bytes, 0));
  return html`<section class="long"><h2>What to drop</h2><p class="soft">No profile and no other project uses these, ${all} in all. <code>preload lock</code> takes out of the lock what no profile lists; <code>preload prune --all</code> removes what no lock names.</p>${htmlTable("What to drop", dropColumns, rows)}</section>`;
}

const errorColumns = [{ title: "Host" }, { title: "Cause" }, { title: "Times", kind: "number" }] as const;

function errors({ errors: found }: Stats): Markup {
  if (found.length === 0) return nothing;
  const rows = found.map(({ host, cause, count: times }) => [host, cause, `${times}`]);
  return html`<section class="long"><h2>Network errors</h2>${htmlTable("Network errors by host", errorColumns, rows)}</section>`;
}
