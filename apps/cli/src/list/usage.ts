import type { Painter } from "../paint.ts";
import { ago } from "../projects/words.ts";
import { table } from "../table.ts";
import { shortRevision, bytes as shown } from "../words.ts";
import type { SurveyText } from "./render.ts";
import type { Cache, Survey } from "./survey.ts";

/** What fills the disk: cache by cache, the largest first, ours and what others put there. */
export function renderUsage(found: Survey, paint: Painter, text: Omit<SurveyText, "verbose">): string {
  const sections = [...found.caches]
    .sort((one, other) => other.bytes - one.bytes)
    .flatMap((cache) => sectionOf(cache, found, paint, text));
  if (sections.length === 0) return text.isNarrowed ? "Nothing of that is there.\n" : "The caches are empty.\n";
  return `${sections.join("\n")}\n${totalLine(found)}\n`;
}

function totalLine({ caches, bytes, foreign, partials }: Survey): string {
  const all = caches.reduce((sum, cache) => sum + cache.bytes, 0);
  const others = foreign.reduce((sum, one) => sum + one.bytes, 0);
  const parts = [`${shown(bytes)} of known models`, `${shown(others)} not ours`, `${shown(partials.bytes)} unfinished`];
  return `total  ${shown(all)}: ${parts.join(", ")}; what models share counts once`;
}

/** The lines of one cache, with an empty one at the end; none for a cache of which nothing was asked for. */
function sectionOf({ source, dir, bytes }: Cache, found: Survey, paint: Painter, text: Omit<SurveyText, "verbose">) {
  const ours = found.models
    .filter((model) => model.dir === dir && model.ref.startsWith(`${source}:`) && model.present > 0)
    .map(({ present, ref, manifest, from, lastUsed }) => ({
      bytes: present,
      cells: [ref, shortRevision(manifest?.revision ?? "-"), from, ago(lastUsed, text.now)],
    }));
  const others = found.foreign
    .filter((one) => !text.isNarrowed && one.dir === dir && one.name.startsWith(`${source}:`))
    .map((one) => ({ bytes: one.bytes, cells: [one.name, "-", "not ours", "-"] }));
  const rows = [...ours, ...others].sort((one, other) => other.bytes - one.bytes);
  if (rows.length === 0 && text.isNarrowed) return [];
  const cells = rows.map((row) => [shown(row.bytes), ...row.cells]);
  const dimHead = (cell: string, row: number) => (row === -1 ? paint.dim(cell) : cell);
  const lines = rows.length === 0 ? [] : table(columns, cells, dimHead).map((line) => `  ${line}`);
  return [`${paint.bold(shown(bytes))}  ${dir}`, ...lines, ""];
}

const columns = [
  { title: "SIZE", align: "right" },
  { title: "MODEL" },
  { title: "REVISION" },
  { title: "KNOWN FROM" },
  { title: "LAST USED" },
] as const;
