import { readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type OriginRequest, pattern } from "@preload/core/testing";
import { whisperModel } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { preloadOnPath } from "./support/shell.ts";
import { openTerminal, type Terminal, withoutTmux } from "./support/tmux.ts";
import { type World, world } from "./support/world.ts";

const reason = await withoutTmux();
const page = fileURLToPath(new URL("../../../docs/progress.md", import.meta.url));

const isGet = (name: string) => (request: OriginRequest) => request.method === "GET" && request.path.includes(name);

/** A terminal, and an origin that stands still, wants to be left alone, and stands still again. */
async function before(columns: number): Promise<{ terminal: Terminal; there: World }> {
  const sizes = { "large-demo": 15_000_000, "medium-demo": 14_000_000, "small-demo": 2_000_000 };
  const models = Object.entries(sizes).map(([name, size]) => whisperModel({ name, bytes: pattern(size) }));
  const refs = models.map(({ name, sha256 }) => `{ ref: "whisper:${name}", sha256: ${sha256} }`);
  const catalog = { repos: [], whisper: models, spacy: [], tokens: {} };
  const there = await world({ config: `models: [${refs.join(", ")}]`, catalog });
  const { origin } = there.demo;
  // Seconds apart, so that they are seen in this order on a busy machine as well: the third comes, the first is asked for
  // again and comes, and so the second, less than five seconds later: that it stands still as well is no news.
  origin.fault(
    isGet("small-demo.pt"),
    [
      { type: "latency", ms: 1500 },
      { type: "status", status: 429, headers: { "retry-after": "5" } },
    ],
    1,
  );
  // In the middle of what is rounded to 11 MB and to three quarters of a bar: pieces are handed on half a megabyte at a time.
  origin.fault(isGet("large-demo.pt"), { type: "stall", at: 11_450_000 }, 1);
  origin.fault(
    isGet("medium-demo.pt"),
    [
      { type: "latency", ms: 4500 },
      { type: "stall", at: 10_000 },
    ],
    1,
  );
  const env = { ...there.env, PATH: await preloadOnPath(dirname(there.home)) };
  return { terminal: await openTerminal({ columns, rows: 24, cwd: there.project, env }), there };
}

const stands = (lines: string[]) =>
  ["11 MB of 15 MB", "0 bytes of 14 MB", "again in"].every((text) => lines.some((line) => line.includes(text)));
const hasEnded = (lines: string[]) => lines.at(-1) === "$" && lines.length > 1;

/** A screen without what differs from one run to the next: ports, folders, how fast it went. */
function steady(lines: readonly string[], { project, demo }: World): string {
  const { host } = new URL(demo.endpoints.whisper);
  return inOrder(lines)
    .join("\n")
    .replaceAll(host, "cdn.example")
    .replaceAll(project, "/home/ada/project")
    .replaceAll(/again in [\d.]+ s/g, "again in 3.4 s")
    .replaceAll(/[\d.]+ [kMG]?B\/s {2}[\d.]+ s left/g, "3.0 MB/s  2.2 s left")
    .replaceAll(/fetched in [\d.]+ s/g, "fetched in 8.1 s")
    .replaceAll(/"wait":\d+\.\d+/g, '"wait":412.5')
    .replaceAll(/\b([0-9a-f]{6})[0-9a-f]{58}\b/g, "$1…")
    .replaceAll(/ \d+ %( {2}([\d.]+) MB of ([\d.]+) MB)/g, (_, rest, have, size) => ` ${percent(have, size)}${rest}`);
}

/** Bars stand in the order in which their files begin, which is anybody's guess for files that begin together. */
function inOrder(lines: readonly string[]): string[] {
  const isBar = (line: string) => /^(large|medium|small)-de.*(%|again in)/.test(line);
  const bars = lines.filter(isBar).sort();
  return lines.map((line) => (isBar(line) ? (bars.shift() ?? line) : line));
}

function percent(have: string, size: string): string {
  return `${Math.floor((100 * Number(have)) / Number(size))} %`;
}

test.skipIf(reason !== undefined)(
  `docs/progress.md is what a person sees${reason ? ` (${reason})` : ""}`,
  { timeout: 300_000 },
  async () => {
    const { terminal, there } = await before(80);
    await terminal.type("preload --stall-timeout 8");
    const wide = steady(await terminal.until(stands), there);
    await terminal.resize(40, 24);
    const shares = wide.match(/\d+ %/g) ?? [];
    const folded = await terminal.until((lines) => /^total {2}\d+ %/.test(lines.at(-1) ?? ""));
    const narrow = steady(folded.slice(-4), there).replaceAll(/\d+ %/g, () => shares.shift() ?? "");
    await terminal.resize(80, 24);
    // When tmux folds the bars it puts what stood above them out of sight, and may bring it back.
    const seen = steady(await terminal.until(hasEnded), there);
    const end = seen.slice(seen.indexOf("whisper:small-demo: "));

    const stopped = await before(80);
    await stopped.terminal.type("preload");
    await stopped.terminal.until(stands);
    await stopped.terminal.press("C-c");
    const interrupted = steady(await stopped.terminal.until(hasEnded), stopped.there);

    const piped = await before(80);
    await piped.terminal.type("preload --stall-timeout 8 2>&1 | cat");
    const log = steady(await piped.terminal.until(hasEnded), piped.there);

    const program = await before(400);
    await program.terminal.type(
      `preload --stall-timeout 8 --format ndjson | grep -E '"type":"(stall|throttle|resume)"'`,
    );
    const events = steady(await program.terminal.until(hasEnded), program.there);

    const text = pageOf({ wide, narrow, end, interrupted, log, events });
    if (process.env.PRELOAD_WRITE_SESSIONS) await writeFile(page, text);
    else expect(await readFile(page, "utf8"), "PRELOAD_WRITE_SESSIONS=1 writes it anew").toBe(text);
  },
);

function pageOf(shown: Readonly<Record<string, string>>): string {
  const screen = (name: string, language = "console") => `\`\`\`${language}\n${shown[name]}\n\`\`\``;
  return `# What is seen while models come

<!-- Written by apps/cli/test/progress.test.ts from the screen of a real terminal, and compared with it by each run of the
tests. PRELOAD_WRITE_SESSIONS=1 writes it anew. How fast it went, ports and folders are always those of the first run. -->

Three models from an origin with bad manners: of the first it sends 11 MB and falls silent, of the second next to nothing; for the third it
asks to be left alone for five seconds. A bar for each file on its way, and the total with rate and time left:

${screen("wide")}

The same moment, after the terminal was made 40 columns wide. As many bars are drawn as there are lines; files below a megabyte, which
come and go within a blink, count in the total only:

${screen("narrow", "text")}

Eight seconds of silence are what \`--stall-timeout\` allows here. Who read that something stands still reads that it goes on; when all is
there, nothing of the bars remains:

${screen("end")}

Ctrl-C in the middle:

${screen("interrupted")}

Where nobody watches (a pipe, a job of a CI, \`TERM=dumb\`) nothing moves. A line for each model and for what takes its time, and after
each half minute how far it is:

${screen("log")}

For programs, \`--format ndjson\` has every event in a line; here those of what went wrong:

${screen("events")}

## What it costs

Eight updates a second at most, each in one piece, and none when nothing has changed. A second of eight bars and 2,000 pieces of files
costs 1.2 ms of processor time, which is 0.4 % of what the transfer itself takes (1 GB at 100 MB/s: 3.3 s of processor time in 11 s, on
two cores of a virtual machine). With bars and with \`--no-progress\` it is the same within what two runs of either differ by.
`;
}
