import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { privateCa } from "@preload/core/testing";
import { compare, type Result } from "./compare.ts";
import { type Fixture, prepareFixture, wwwDir } from "./fixture.ts";
import { describeMachine } from "./machine.ts";
import { Measure } from "./measure.ts";
import type { Addresses, OriginOptions } from "./origin/origin.ts";
import { asideDir, cacheDir, packageDir, rootDir, runDir } from "./places.ts";
import { document, tables } from "./report.ts";
import { rowsOf } from "./rows.ts";
import { preparePython, prepareTools } from "./tools.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "5" },
    rows: { type: "string" },
    cli: { type: "string", default: join(rootDir, "apps/cli/dist/bin.cjs") },
    write: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});
const log = (line: string) => console.error(line);
const keptPath = join(cacheDir(), "results.json");

await prepareTools(log);
await rm(runDir(), { recursive: true, force: true });
// A run that was killed has left it.
await rm(asideDir(), { recursive: true, force: true });
await mkdir(join(runDir(), "home"), { recursive: true });
const python = await preparePython(log);
const fixture = await prepareFixture();
const { ca, server } = await privateCa();
const caPath = join(runDir(), "ca.pem");
await writeFile(caPath, ca);

const origin = await startOrigin(fixture, server);
const measure = new Measure(origin.pid);
try {
  const stage = { fixture, addresses: origin.addresses, cli: values.cli, python, ca: caPath };
  const all = rowsOf(stage, measure);
  const chosen = values.rows?.split(",");
  const unknown = chosen?.find((name) => !all.some((row) => row.name === name));
  if (unknown !== undefined || values.list) {
    console.log(`rows: ${all.map(({ name }) => name).join(", ")}`);
    process.exitCode = unknown === undefined ? 0 : 2;
  } else {
    const pairs = Number(values.pairs);
    const results: Result[] = [];
    const kept = await keptResults();
    for (const row of all) {
      if (chosen && !chosen.includes(row.name)) continue;
      const result = await compare(row, { pairs, measure, log });
      results.push(result);
      kept.set(row.name, result);
      await writeFile(keptPath, JSON.stringify([...kept.values()]));
      // A disk that fills up, or slows down while it deletes, would be the next row's.
      await rm(runDir(), { recursive: true, force: true });
      await mkdir(join(runDir(), "home"), { recursive: true });
      await writeFile(caPath, ca);
    }
    console.log(tables(results));
    if (measure.restless > 0) log(`${measure.restless} runs count although other programs were at work`);
    // A part of the table is for who works on it, unless it is to replace that part of an earlier one.
    if (!chosen || values.write) {
      const misses = await readFile(join(packageDir, "misses.md"), "utf8");
      const whole = all.flatMap(({ name }) => kept.get(name) ?? []);
      await writeFile(
        join(rootDir, "docs/benchmarks.md"),
        document(whole, await describeMachine(python), pairs, misses),
      );
    }
  }
} finally {
  origin.stop();
  measure.end();
  await rm(asideDir(), { recursive: true, force: true });
}

/** What this and earlier runs have measured on this machine, by row. */
async function keptResults(): Promise<Map<string, Result>> {
  const text = await readFile(keptPath, "utf8").catch(() => "[]");
  return new Map((JSON.parse(text) as Result[]).map((result) => [result.name, result]));
}

/** Starts the servers in a process of their own. */
async function startOrigin(
  served: Fixture,
  tls: { key: string; cert: string },
): Promise<{ addresses: Addresses; pid: number; stop(): void }> {
  // What is served comes from the page cache.
  for (const { oid, isLarge, size } of served.repos.flatMap(({ files }) => files)) {
    if (isLarge && size <= 600_000_000) readFileSync(join(wwwDir(), "blobs", oid));
  }
  const options: OriginOptions = { fixture: served, dir: wwwDir(), tls, roundTrip: 30, rate: 25_000_000 };
  const program = join(packageDir, "dist/origin.js");
  // Too long for an argument.
  const optionsPath = join(runDir(), "origin.json");
  await writeFile(optionsPath, JSON.stringify(options));
  const child = spawn(process.execPath, [program, optionsPath], { stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface(child.stdout)) {
    return { addresses: JSON.parse(line) as Addresses, pid: child.pid ?? 0, stop: () => child.stdin.end() };
  }
  throw new Error("the origin did not start");
}
