import { createServer } from "node:net";
import { join } from "node:path";
import {
  createHttp,
  type ErrorCode,
  exitCodes,
  type HttpOptions,
  type MaterializeEvent,
  type MaterializeOptions,
  materialize,
  PreloadError,
} from "@preload/core";
import { type Body, type Origin, pattern, privateCa, type Reply, serve } from "@preload/core/testing";
import { type Random, randomFrom } from "../random.ts";
import { createVerdict, type Suite } from "../suite.ts";
import { digestOnDisk } from "../world/digest-on-disk.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { within } from "../world/within.ts";
import { rows } from "./network-rows.ts";

type Size = "small" | "medium" | "large";

/** Large enough to come in ranges, small enough that a hundred of them are quick. */
const bodies: Readonly<Record<Size, Body>> = {
  small: pattern(100_000, 1),
  medium: pattern(3 * 1024 * 1024 + 5, 2),
  large: pattern(20 * 1024 * 1024 + 77, 3),
};

const sizes = ["small", "medium", "large"] as const;

/** Where one fault strikes one file. */
export interface Scene {
  readonly size: Size;
  readonly body: Body;
  readonly origin: Origin;
  /** On another host name, as a CDN is. */
  readonly cdn: Origin;
  readonly random: Random;
  /** Answers for the file from now on. */
  answer(reply: (path: string) => Reply): void;
}

export interface Twist {
  readonly url?: string;
  readonly http?: Partial<HttpOptions>;
  readonly token?: string;
  readonly longestWait?: number;
  /** What has to hold at the end beside the outcome. */
  readonly also?: (seen: Seen) => string | undefined;
}

export interface Seen {
  readonly events: readonly MaterializeEvent[];
  readonly took: number;
}

/** How many requests are made, at the least and at the most. */
type Bound = readonly [least: number, most: number];

export interface Row {
  readonly fault: string;
  /** @default all three */
  readonly sizes?: readonly Size[];
  /** Plans what goes wrong. */
  spoil?(scene: Scene): void;
  /** Plans it where the request or the run differs as well. */
  arrange?(scene: Scene): Twist | Promise<Twist>;
  readonly outcome: "arrives" | ErrorCode | Readonly<Partial<Record<Size, "arrives" | ErrorCode>>>;
  readonly requests: Readonly<Partial<Record<Size, Bound>>>;
  /** For what stands still: milliseconds. Long where nothing does, lest a busy machine be taken for a silent origin. */
  readonly stallTimeout?: number;
  readonly tls?: boolean;
}

/** Every fault of the network, for each kind of transfer. */
export const network: Suite = {
  name: "network",
  title: "Network",
  async run(effort) {
    const verdict = createVerdict();
    const ca = await privateCa();
    const table: string[] = [];
    const measured: string[] = [];
    for (const [index, row] of rows.entries()) {
      if (effort.only !== undefined && !row.fault.includes(effort.only)) continue;
      // The three at once, since most of the time is spent in waiting.
      const cells = await Promise.all(
        sizes.map(async (size) => {
          if (row.sizes && !row.sizes.includes(size)) return "—";
          for (let round = 0; round < Math.max(1, Math.round(effort.scale / 4)); round += 1) {
            const where = `${row.fault}, ${size}`;
            const seed = effort.seed * 1000 + index * 10 + round;
            const problems = await inScratch((dir) => strike(row, size, { dir, seed, ca })).catch((error) => ({
              found: [String((error as Error).stack ?? error)],
              requests: -1,
              took: 0,
            }));
            for (const what of problems.found) verdict.expect(false, where, what);
            measured.push(`${where}: ${problems.requests} requests, ${Math.round(problems.took)} ms`);
          }
          return cellOf(row, size);
        }),
      );
      effort.say(row.fault);
      table.push(`| ${row.fault} | ${cells.join(" | ")} |`);
    }
    return { violations: verdict.violations, measured: measured.join("\n"), text: textOf(table) };
  },
};

interface Struck {
  readonly found: string[];
  readonly requests: number;
  readonly took: number;
}

interface Stage {
  readonly dir: string;
  readonly seed: number;
  readonly ca: Awaited<ReturnType<typeof privateCa>>;
}

async function strike(row: Row, size: Size, { dir, seed, ca }: Stage): Promise<Struck> {
  const found: string[] = [];
  const body = bodies[size];
  let reply: (path: string) => Reply = () => ({ body });
  const tls = row.tls ? { tls: ca.server } : {};
  const origin = await serve(({ path }) => (path.startsWith("/model.bin") ? reply(path) : undefined), tls);
  const cdn = await serve(({ path }) => (path.startsWith("/signed") ? reply(path) : undefined), { host: "localhost" });
  const certificate = join(dir, "ca.pem");
  if (row.tls) await writeText(certificate, ca.ca);
  const scene: Scene = {
    size,
    body,
    origin,
    cdn,
    random: randomFrom(seed),
    answer: (next) => {
      reply = next;
    },
  };
  row.spoil?.(scene);
  const twist = (await row.arrange?.(scene)) ?? {};
  const entry = fileEntry(twist.url ?? `${origin.url}/model.bin`, "model.bin", body);
  const manifest = manifestOf([entry]);
  const place = join(dir, "cache");
  const events: MaterializeEvent[] = [];
  const env = row.tls ? { SSL_CERT_FILE: certificate } : {};
  const open = () => {
    const http = createHttp({ machine: { env }, ...patience, stallTimeout: row.stallTimeout ?? 15_000, ...twist.http });
    return twist.token ? http.authorized(twist.token, [origin.url]) : http;
  };
  const options: Omit<MaterializeOptions, "http"> = {
    dir: place,
    retryDelays: patience.retryDelays,
    ...(twist.longestWait === undefined ? {} : { longestWait: twist.longestWait }),
    onEvent: (event) => void events.push(event),
  };
  const start = performance.now();
  const http = open();
  const run = within(60_000, () => materialize(manifest, { ...options, http }));
  const outcome = await run.then(
    () => "arrives" as const,
    (error: unknown) =>
      error instanceof PreloadError
        ? error.code
        : `a bug: ${(error as Error).stack} ${JSON.stringify(events.slice(-8))}`,
  );
  http.close();
  const took = performance.now() - start;
  const requests = origin.count() + cdn.count();

  const expected = typeof row.outcome === "string" ? row.outcome : row.outcome[size];
  if (outcome !== expected) found.push(`ends with ${outcome}, not ${expected}`);
  const [least, most] = row.requests[size] ?? [0, 0];
  if (requests < least || requests > most) found.push(`${requests} requests, not ${least} to ${most}`);
  const told = twist.also?.({ events, took });
  if (told !== undefined) found.push(told);
  const sum = events.reduce((bytes, event) => bytes + (event.type === "bytes" ? event.bytes : 0), 0);
  if (sum !== (outcome === "arrives" ? body.size : 0)) found.push(`the bytes reported sum up to ${sum}`);

  // Nothing poisoned: what stands under the name is right, and the next run, without the fault, gets there.
  const digest = await digestOnDisk(join(place, "model.bin"));
  const right = entry.digest.slice("sha256:".length);
  if (digest !== undefined && digest !== right) found.push("other bytes stand under the final name");
  if (outcome === "arrives" && digest === undefined) found.push("nothing stands under the final name");
  const left = await leftoversIn(place);
  if (left.some((name) => !name.endsWith(".part"))) found.push(`left over: ${left.join(", ")}`);
  if (outcome === "DIGEST_MISMATCH" && left.length > 0) found.push(`wrong bytes were kept: ${left.join(", ")}`);
  origin.clear();
  cdn.clear();
  reply = () => ({ body });
  const again = createHttp({ machine: { env }, ...patience });
  const healthy = manifestOf([fileEntry(`${origin.url}/model.bin`, "model.bin", body)]);
  await within(60_000, () => materialize(healthy, { dir: place, http: again, retryDelays: [0] })).catch(
    (error: Error) => found.push(`the next run fails: ${error.message}`),
  );
  again.close();
  if ((await digestOnDisk(join(place, "model.bin"))) !== right)
    found.push("the next run does not bring the right bytes");
  const stays = await leftoversIn(place);
  if (stays.length > 0) found.push(`still left over after the next run: ${stays.join(", ")}`);
  await Promise.all([origin.close(), cdn.close()]);
  return { found, requests, took };
}

/** Three more tries without delay. */
const patience = { retryDelays: [0, 0, 0], connectTimeout: 10_000, minimumRate: 1024 };

async function writeText(path: string, text: string): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(path, text);
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function cellOf(row: Row, size: Size): string {
  const outcome = typeof row.outcome === "string" ? row.outcome : row.outcome[size];
  const [least, most] = row.requests[size] ?? [0, 0];
  const count = least === most ? `${most}` : `${least} to ${most}`;
  const end = outcome === "arrives" || outcome === undefined ? "arrives" : `exit ${exitCodes[outcome]} ${outcome}`;
  return `${end}; ${count}`;
}

function textOf(table: readonly string[]): string {
  return `Each fault strikes a small file (100 KB), a medium one (3 MiB, one connection) and a large one (20 MiB, in ranges
over several connections). A cell says how it ends and how many requests are made, with three further tries allowed.
In every row: the bytes reported add up, nothing but the right bytes ever has the final name, wrong bytes are not kept,
and a run after the fault has gone completes and leaves nothing beside the file.

| fault | small | medium | large |
|---|---|---|---|
${table.join("\n")}
`;
}
