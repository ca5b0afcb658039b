import type { Proof } from "./proves.ts";

export interface Cell extends Proof {
  readonly state: "passed" | "failed" | "skipped";
  /** Why it was skipped. */
  readonly why?: string | undefined;
}

/** The matrix for a terminal: a block for each client, a line for each check, a column for each version. */
export function matrixText(cells: readonly Cell[]): string {
  const blocks = clientsIn(cells).map((client) => {
    const rows = rowsOf(client, cells, { passed: "ok", failed: "FAILED", skipped: "skipped" });
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    return rows.map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  });
  return `${[...blocks.map((lines) => lines.join("\n")), skips(cells, "  ")].filter(Boolean).join("\n\n")}\n`;
}

/** The page of the documentation: the same, and what it means. */
export function matrixPage(cells: readonly Cell[]): string {
  const tables = clientsIn(cells).map((client) => {
    const [head = [], ...rows] = rowsOf(client, cells, { passed: "✓", failed: "✗", skipped: "skipped" });
    return table([head, ...rows]);
  });
  const skipped = skips(cells, "- ");
  return `${[intro, ...tables, ...(skipped === "" ? [] : [`## Skipped\n\n${skipped}`]), outro].join("\n\n")}\n`;
}

const intro = `# Clients

<!-- Written by \`npm run test:clients\`; what is changed by hand is lost. -->

These programs, as published, opened what \`preload\` had put into an empty cache. Where a line does not say that the origin was asked, the network was cut below the program, in a network namespace of its own, and a single attempt to reach anything would have been a failure. So would have been a warning, but for those that a client gives for any cache.

The models are small ones in the true formats, and all-MiniLM-L6-v2; tiktoken's encodings and NLTK's data are the published ones; spaCy's pipeline is one that spaCy trained and packed for this.`;

const outro = `An empty field is a check that does not exist for that version. \`interop/README.md\` says how it is done, and how to add a client.`;

function clientsIn(cells: readonly Cell[]): readonly string[] {
  return [...new Set(cells.map(({ client }) => client))].sort((left, right) => left.localeCompare(right, "en"));
}

/** The first row is the head. */
function rowsOf(client: string, cells: readonly Cell[], words: Record<Cell["state"], string>): string[][] {
  const own = cells.filter((cell) => cell.client === client);
  const versions = [...new Set(own.map(({ version }) => version))].sort((left, right) =>
    right.localeCompare(left, "en", { numeric: true }),
  );
  const checks = [...new Set(own.map(({ check }) => check))];
  const stateOf = (check: string, version: string) => {
    const cell = own.find((candidate) => candidate.check === check && candidate.version === version);
    return cell ? words[cell.state] : "";
  };
  return [
    [client, ...versions],
    ...checks.map((check) => [check, ...versions.map((version) => stateOf(check, version))]),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head = [], ...rest] = rows;
  return [line(head), rule, ...rest.map(line)].join("\n");
}

function skips(cells: readonly Cell[], bullet: string): string {
  return cells
    .filter(({ state }) => state === "skipped")
    .map(({ client, version, check, why }) => `${bullet}${client} ${version} ${check}: ${why ?? "no reason given"}`)
    .sort()
    .join("\n");
}
