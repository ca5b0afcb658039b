import type { PeerResult, Result } from "./compare.ts";
import type { Machine } from "./machine.ts";

/** The tables, as Markdown: for the terminal and for the file. */
export function tables(results: readonly Result[]): string {
  const compared = results.filter(({ peers }) => peers.length > 0);
  return [
    table(
      ["work", "against", "ours / theirs", "lowest–highest", "bar", "", "ours", "theirs"],
      compared.flatMap((result) => result.peers.map((peer, index) => comparison(result, peer, index === 0))),
    ),
    "",
    table(
      ["ours", "wall", "CPU", "CPU per GB", "peak memory"],
      results.map((result) => cost(result)),
    ),
    "",
    ...verdicts(results),
  ].join("\n");
}

/** The file in `docs`. */
export function document(results: readonly Result[], machine: Machine, pairs: number, misses: string): string {
  return `# Benchmarks

\`npm run bench\` makes this page: the same work done by Preload and by the tools people use today, against one origin on
the same machine. The ratios are the result. Seconds belong to the machine, and nothing here decides a test.

- Whole processes, from start to exit: the command line as it is built, with every byte verified. The others verify nothing unless it says so.
- In turn (ours, theirs, ours, theirs, …) after a warm-up; each ratio is taken pair by pair, and the median of ${pairs} pairs is shown.
- A run starts when the machine is at rest. It deletes what the run before it wrote, within the measured time: on both sides. Processor time is that of the command, without the deleting.
  Trees of hundreds of files are set aside instead, since ext4 is slow to make files for some minutes after others were deleted.
- A run during which other programs used more than a quarter of a processor is made again, up to three times.
- After each run the bytes are compared with what was served.
- The bytes come from nginx with \`sendfile\`, on the same processors. The Hub's API is a small server beside it, and redirects as the Hub does: large files to another host, small ones to its own cache.
- "30 ms" is until the first byte of each answer, and twice that on a new connection. "25 MB/s" holds for each connection, over all its requests.

${machine.lines.map((line) => `- ${line}`).join("\n")}

${tables(results)}

${misses}`;
}

function comparison({ name, work, ours }: Result, peer: PeerResult, isFirst: boolean): string[] {
  const { median, least, most } = peer.ratio;
  return [
    isFirst ? `**${name}**: ${work}` : "",
    peer.name,
    median.toFixed(2),
    `${least.toFixed(2)}–${most.toFixed(2)}`,
    peer.bar === undefined ? "" : `≤ ${peer.bar.toFixed(2)}`,
    peer.bar === undefined ? "" : median <= peer.bar ? "met" : "**missed**",
    seconds(ours.wall),
    seconds(peer.cost.wall),
  ];
}

function cost({ name, ours, bytes, peakRss }: Result): string[] {
  const perGb = bytes > 50_000_000 ? `${(ours.cpu / (bytes / 1e9)).toFixed(2)} s` : "";
  return [name, seconds(ours.wall), seconds(ours.cpu), perGb, `${Math.round(peakRss / 1e6)} MB`];
}

const coldRows = ["one-large", "four-shards"];
const mostCpuPerGb = 2.2;
const mostMemory = 150e6;

/** The two bars that are no ratio. */
function verdicts(results: readonly Result[]): string[] {
  const lines = results
    .filter(({ name }) => coldRows.includes(name))
    .map((cold) => {
      const perGb = cold.ours.cpu / (cold.bytes / 1e9);
      const verdict = perGb <= mostCpuPerGb ? "met" : "**missed**";
      return `- CPU, cold, plain HTTP, ${cold.name}: ${perGb.toFixed(2)} s per GB, at most ${mostCpuPerGb}: ${verdict}`;
    });
  const [largest] = [...results].sort((one, other) => other.peakRss - one.peakRss);
  if (largest) {
    const verdict = largest.peakRss <= mostMemory ? "met" : "**missed**";
    const megabytes = Math.round(largest.peakRss / 1e6);
    lines.push(
      `- Peak memory of any row: ${megabytes} MB (${largest.name}), at most ${mostMemory / 1e6} MB: ${verdict}`,
    );
  }
  return lines;
}

function seconds(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
