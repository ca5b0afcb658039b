import type { Cost, Measure } from "./measure.ts";
import type { Peer, Row, Side } from "./row.ts";

/** What was measured of one row. */
export interface Result {
  readonly name: string;
  readonly work: string;
  readonly bytes: number;
  /** Of all our runs. */
  readonly ours: Cost;
  /** Of all our runs, the largest. */
  readonly peakRss: number;
  readonly peers: readonly PeerResult[];
}

export interface PeerResult {
  readonly name: string;
  readonly bar?: number;
  readonly cost: Cost;
  /** Our time divided by theirs, pair by pair. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
}

export interface CompareOptions {
  readonly pairs: number;
  readonly measure: Measure;
  readonly log: (line: string) => void;
}

/** Measures a row: ours and theirs in turn, after one run of each that does not count. */
export async function compare(row: Row, { pairs, measure, log }: CompareOptions): Promise<Result> {
  const run = async ({ command, check }: Side) => {
    const cost = await measure.run(command, { setsAside: row.manyFiles ?? false });
    await check?.();
    return cost;
  };
  for (const side of [row.ours, ...row.peers]) await side.prepare?.();
  for (const side of [row.ours, ...row.peers]) await run(side);

  const ours: Cost[] = [];
  const theirs = new Map<Peer, { ratios: number[]; costs: Cost[] }>(
    row.peers.map((peer) => [peer, { ratios: [], costs: [] }]),
  );
  for (let pair = 0; pair < pairs; pair += 1) {
    if (theirs.size === 0) ours.push(await run(row.ours));
    for (const [peer, { ratios, costs }] of theirs) {
      const one = await run(row.ours);
      const other = await run(peer);
      ours.push(one);
      costs.push(other);
      ratios.push(one.wall / other.wall);
      log(`${row.name}: ${one.wall.toFixed(3)} s against ${other.wall.toFixed(3)} s of ${peer.name}`);
    }
  }
  const { name, work, bytes } = row;
  return {
    name,
    work,
    bytes,
    ours: middle(ours),
    peakRss: Math.max(...ours.map(({ rss }) => rss)),
    peers: [...theirs].map(([peer, { ratios, costs }]) => ({
      name: peer.name,
      ...(peer.bar === undefined ? {} : { bar: peer.bar }),
      cost: middle(costs),
      ratio: { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
    })),
  };
}

function middle(costs: readonly Cost[]): Cost {
  const of = (what: keyof Cost) => median(costs.map((cost) => cost[what]));
  return { wall: of("wall"), cpu: of("cpu"), rss: of("rss") };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[half]];
  return (low + high) / 2;
}
