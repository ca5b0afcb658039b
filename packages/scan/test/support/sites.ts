import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Finding } from "../../src/index.ts";

/** A place in code, and what a person says is loaded there. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly cell?: number;
  readonly shape: string;
  /** Refs, with `@` and a revision where the code gives one; `unclear`; empty where nothing is loaded. */
  readonly expected: readonly string[];
}

/** The labels of a folder: `# -> hf:org/name` behind a line, under the last `# shape: …` above it. */
export async function sitesIn(dir: string): Promise<Site[]> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.sort().map(async (path) => {
      const file = relative(dir, path).split(sep).join("/");
      const text = await readFile(path, "utf8");
      if (!path.endsWith(".ipynb")) return labels(text, { file }, { shape: "other" });
      const state = { shape: "other" };
      return (JSON.parse(text).cells as { source: string[] }[]).flatMap(({ source }, index) =>
        labels(source.join(""), { file, cell: index + 1 }, state),
      );
    }),
  );
  return found.flat();
}

function labels(text: string, place: Pick<Site, "file" | "cell">, state: { shape: string }): Site[] {
  return text.split("\n").flatMap((line, index) => {
    state.shape = /shape: (.*)$/.exec(line)?.[1] ?? state.shape;
    const [, label] = /(?:#|\/\/) -> (.*)$/.exec(line) ?? [];
    if (label === undefined) return [];
    return [
      { ...place, line: index + 1, shape: state.shape, expected: label === "nothing" ? [] : label.split(" ").sort() },
    ];
  });
}

/** What the tool says of a site, in the words of its label. */
export function foundAt(site: Site, findings: readonly Finding[]): string[] {
  const here = findings.filter(
    ({ file, line, cell }) => file === site.file && line === site.line && cell === site.cell,
  );
  return [...new Set(here.map(said))].sort();
}

export function said(finding: Finding): string {
  if (finding.type === "unclear") return "unclear";
  return finding.revision === undefined ? finding.ref : `${finding.ref}@${finding.revision}`;
}

export interface Figures {
  readonly sites: number;
  /** Sites that are told exactly: the models, that it is unclear, or that nothing is loaded. */
  readonly exact: number;
  /** Models that the tool names and that are loaded there. */
  readonly right: number;
  /** Models that the tool names. */
  readonly named: number;
  /** Models that are loaded. */
  readonly loaded: number;
}

export function figuresOf(sites: readonly Site[], findings: readonly Finding[]): Figures {
  const figures = { sites: sites.length, exact: 0, right: 0, named: 0, loaded: 0 };
  for (const site of sites) {
    const found = foundAt(site, findings);
    const models = found.filter((one) => one !== "unclear");
    figures.right += models.filter((one) => site.expected.includes(one)).length;
    figures.named += models.length;
    figures.loaded += site.expected.filter((one) => one !== "unclear").length;
    if (found.join(" ") === site.expected.join(" ")) figures.exact += 1;
  }
  return figures;
}
