import { PassThrough } from "node:stream";
import type { MaterializeEvent } from "@preload/core";
import { expect, test } from "vitest";
import { columnsOf, loadTable } from "../src/display/columns.ts";
import { describeEvent, describeRetry } from "../src/display/describe.ts";
import { frameOf } from "../src/display/frame.ts";
import { lineDisplay } from "../src/display/lines.ts";
import { createTally } from "../src/display/tally.ts";
import { createTeller } from "../src/display/teller.ts";
import { createDisplay } from "../src/display.ts";
import type { Io } from "../src/io.ts";

const ref = "hf:org/name";
const url = "https://huggingface.co/org/name";
const host = "cdn.example";
const cause = "HTTP 503";

function tallyOf(size: number, have: number, path = "model.safetensors") {
  let now = 0;
  const tally = createTally(() => now);
  tally.take({ type: "plan", ref, files: 1, bytes: size, problems: [] });
  tally.take({ type: "fetch", ref, path, size, from: 0, url });
  now = 1000;
  tally.take({ type: "bytes", ref, path, bytes: have });
  now = 2000;
  return tally;
}

function ioOf({ isTTY = false, columns = 80, env = {} as Record<string, string> } = {}) {
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const io: Io = { stdout: output("stdout"), stderr: output("stderr"), stdin: new PassThrough(), env, cwd: "/" };
  return { io, written };
}

const room = { columns: 79, rows: 23 };

test.each([20, 30, 39, 54, 60, 79, 120, 200])("no line of a frame is longer than %i columns", async (columns) => {
  await loadTable();
  const names = [
    `a/${"very-long-".repeat(20)}name.safetensors`,
    `${"模型".repeat(60)}.safetensors`,
    "👩‍🔬é모델.bin",
    "short.bin",
    "a\u001b[2Jb\nc",
  ];
  const frames = names.map((name) => frameOf(tallyOf(4_000_000_000, 1_250_000_000, name), "", { ...room, columns }));

  for (const line of frames.flat()) expect(columnsOf(line.replace(/[█░]/g, "-"))).toBeLessThanOrEqual(columns);
  expect(frames.map((lines) => lines.length)).toEqual([2, 2, 2, 2, 2]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come from a name
  for (const line of frames.flat()) expect(line).not.toMatch(/[\u0000-\u001f]/);
});

test("bytes of an earlier run are there, but are no speed", () => {
  const tally = createTally(() => 1000);
  tally.take({ type: "plan", ref, files: 1, bytes: 1000, problems: [] });
  tally.take({ type: "fetch", ref, path: "a", size: 1000, from: 600, url });
  tally.take({ type: "bytes", ref, path: "a", bytes: 600 });

  expect([tally.total.have, tally.rate(), tally.timeLeft()]).toEqual([600, 0, undefined]);
});

test("a frame shows each file, and the total with rate and time left; a narrow terminal shows less of it", () => {
  const at = (columns: number) => frameOf(tallyOf(400_000_000, 100_000_000), "", { columns, rows: 23 }).join("\n");

  expect(at(119)).toMatchInlineSnapshot(`
    "model.safetensors  name                  ████░░░░░░░░░░░░  25 %  100 MB of 400 MB
    total                                    ████░░░░░░░░░░░░  25 %  100 MB of 400 MB  50 MB/s  6.0 s left"
  `);
  expect(at(79)).toMatchInlineSnapshot(`
    "model.safetensors  name      ████░░░░░░░░░░░░  25 %  100 MB of 400 MB
    total      ████░░░░░░░░░░░░  25 %  100 MB of 400 MB  50 MB/s  6.0 s left"
  `);
  expect(at(59)).toMatchInlineSnapshot(`
    "model.s…rs  name ██░░░░░░  25 %  100 MB of 400 MB
    total            ██░░░░░░  25 %  50 MB/s  6.0 s left"
  `);
  expect(at(39)).toMatchInlineSnapshot(`
    "model.safetensors  name  ██░░░░░░  25 %
    total  25 %  50 MB/s  6.0 s left"
  `);
  expect(at(24)).toMatchInlineSnapshot(`
    "model.sa…ors  name  25 %
    total               25 %"
  `);
});

function tallyOfMany(count: number, size: number) {
  let now = 0;
  const tally = createTally(() => now);
  tally.take({ type: "plan", ref, files: count, bytes: count * size, problems: [] });
  for (let file = 0; file < count; file += 1) tally.take({ type: "fetch", ref, path: `${file}`, size, from: 0, url });
  return { tally, later: (milliseconds: number) => (now += milliseconds) };
}

test.each([
  [23, 10, "and 12 more"],
  [7, 7, "and 15 more"],
  [3, 3, "and 19 more"],
  [2, 2, "20 files"],
  [1, 1, "total"],
])("with %i lines of room, twenty files make %i: the last but one is %j", (rows, lines, others) => {
  const frame = frameOf(tallyOfMany(20, 5_000_000).tally, "", { columns: 79, rows });

  expect(frame).toHaveLength(lines);
  expect(frame.at(-2) ?? frame.at(-1)).toMatch(new RegExp(`^${others}`));
  expect(frame.at(-1)).toMatch(/^total/);
});

test("small files have no bars, which would only flicker, unless they take their time", () => {
  const { tally, later } = tallyOfMany(3, 1000);

  expect(frameOf(tally, "", room)).toEqual(["3 files", expect.stringMatching(/^total/)]);
  later(2_000);
  expect(frameOf(tally, "", room)).toHaveLength(4);
});

test("a file whose origin is given a rest says when it goes on", () => {
  const tally = tallyOf(400_000_000, 100_000_000);
  const path = "model.safetensors";

  tally.take({ type: "retry", ref, path, url, why: "cdn.example answers 429", wait: 12_000, asked: true, host, cause });
  expect(frameOf(tally, "", room)[0]).toMatch(/25 % {2}again in 12 s$/);
  expect(frameOf(tally, "", { columns: 39, rows: 23 })[0]).toMatch(/25 % {2}again in 12 s$/);
  tally.take({ type: "resume", ref, path, url, from: 100_000_000, after: "retry" });
  expect(frameOf(tally, "", room)[0]).toMatch(/25 % {2}100 MB of 400 MB$/);
});

test("a second of bars costs less than 2 % of a processor", async () => {
  await loadTable();
  let now = 0;
  const tally = createTally(() => now);
  const size = 1_000_000_000;
  tally.take({ type: "plan", ref, files: 8, bytes: 8 * size, problems: [] });
  const paths = Array.from(
    { length: 8 },
    (_, at) => `${at % 2 ? "非常に長いモデルの名前" : "model"}-0000${at}.safetensors`,
  );
  for (const path of paths) tally.take({ type: "fetch", ref, path, size, from: 0, url });

  // The cheapest second of a hundred: what else the machine and this process do is not in each of them.
  let best = Number.POSITIVE_INFINITY;
  for (let second = 0; second < 100; second += 1) {
    const before = process.cpuUsage();
    for (let frame = 0; frame < 8; frame += 1) {
      now += 125;
      // A gigabyte a second, in pieces of half a megabyte.
      for (let piece = 0; piece < 250; piece += 1) {
        tally.take({ type: "bytes", ref, path: paths[piece % 8] ?? "", bytes: 10_000 });
      }
      frameOf(tally, "", room);
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }

  expect(best).toBeLessThan(20);
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { CI: "true" }, false],
  [{ isTTY: true }, { TERM: "dumb" }, false],
])("with %j and %j, what moves: %j", (terminal, env, moves) => {
  const { io, written } = ioOf({ ...terminal, env: { NO_COLOR: "1", ...env } });
  const display = createDisplay(io, {});

  display.doing("asking");
  display.event({ type: "plan", ref, files: 1, bytes: 10, problems: [] });
  const end = new Promise<void>((resolve) => setTimeout(resolve, 250));

  return end.then(() => {
    display.end();
    expect(written.stderr.includes("total")).toBe(moves);
    expect(written.stderr.endsWith("\u001b[J\u001b[A") || written.stderr === "").toBe(true);
  });
});

test("a log gets a sign of life, and none with --no-progress", async () => {
  const signs = async (progress: boolean) => {
    const { io, written } = ioOf();
    const display = lineDisplay(io, { progress }, { heartbeat: 20 });
    display.doing("asking");
    display.event({ type: "plan", ref, files: 1, bytes: 1000, problems: [] });
    display.event({ type: "fetch", ref, path: "a", size: 1000, from: 0, url });
    display.event({ type: "bytes", ref, path: "a", bytes: 250 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    display.end();
    return written.stderr;
  };

  expect(await signs(true)).toMatch(/^fetching 1 file: 250 bytes of 1\.0 kB \(25 %\), \S+ \w+\/s, about /);
  expect(await signs(false)).toBe("");
});

test("what happens is worded for people", () => {
  expect(describeEvent({ type: "wait", ref, path: "model.safetensors", pid: 4711 })?.text).toBe(
    "waiting for process 4711, which fetches model.safetensors of hf:org/name",
  );
  expect(describeEvent({ type: "wait", ref, path: "a" })?.text).toContain("waiting for another machine");
  expect(describeRetry({ why: "huggingface.co answers 429\n  for …", wait: 12_000, asked: true }).text).toBe(
    "huggingface.co answers 429; waiting 12 s as it asks",
  );
  expect(describeRetry({ why: "huggingface.co: the connection broke", wait: 400, asked: false })).toEqual({
    text: "huggingface.co: the connection broke; trying again in 0.4 s",
    isDetail: true,
  });
});

const about = { ref, path: "model.safetensors", url };

test.each<[MaterializeEvent, string | undefined, boolean]>([
  [
    { type: "stall", ...about, host, came: "nothing", lasted: 30_000, wait: 400 },
    "cdn.example: nothing for 30 s; asking again",
    false,
  ],
  [
    { type: "stall", ...about, host, came: "too-little", lasted: 30_000, wait: 8_000 },
    "cdn.example: next to nothing for 30 s; asking again in 8.0 s",
    false,
  ],
  [{ type: "stall", ...about, host, came: "nothing", lasted: 30_000 }, "cdn.example: nothing for 30 s; given up", true],
  [
    { type: "throttle", ...about, host, status: 429, asked: 12_000, wait: 12_000, connections: 4 },
    "cdn.example answers 429; waiting 12 s as it asks, then at most 4 requests at once",
    false,
  ],
  [
    { type: "throttle", ...about, host, status: 503, wait: 400 },
    "cdn.example answers 503; asking again in 0.4 s",
    true,
  ],
  [
    { type: "throttle", ...about, host, status: 429, asked: 3_600_000 },
    "cdn.example answers 429; it asks for 1 h, which is too long",
    true,
  ],
  [
    { type: "retry", ...about, why: "cdn.example: …", wait: 400, asked: false, host, cause, after: "stall" },
    undefined,
    true,
  ],
  [
    { type: "resume", ...about, from: 250_000_000, after: "retry" },
    "hf:org/name: model.safetensors goes on after 250 MB",
    true,
  ],
  [{ type: "resume", ...about, from: 0, after: "retry" }, "hf:org/name: model.safetensors goes on", true],
  [
    { type: "resume", ...about, from: 250_000_000, after: "partial" },
    "hf:org/name: model.safetensors continued after 250 MB",
    true,
  ],
])("%j is worded as %j", (event, text, isDetail) => {
  expect(describeEvent(event)).toEqual(text === undefined ? undefined : { text, isDetail });
});

test("what strikes many files at once is one line, and who read that one stands still reads that it goes on", () => {
  let now = 0;
  const teller = createTeller(() => now);
  const stall = (path: string) =>
    teller.event({ type: "stall", ref, path, url, host, came: "nothing", lasted: 30_000, wait: 400 })?.isDetail;
  const resume = (path: string) => teller.event({ type: "resume", ref, path, url, from: 5, after: "retry" })?.isDetail;

  expect([stall("a"), stall("b"), stall("c")]).toEqual([false, true, true]);
  expect([resume("a"), resume("b"), resume("a")]).toEqual([false, true, true]);
  now = 30_000;
  expect(stall("b")).toBe(false);
});

test("control characters from elsewhere do not reach the terminal", () => {
  const { io, written } = ioOf();

  lineDisplay(io, {}).notice("a\u001b[31mb\u0007");

  expect(written.stderr).toBe("a�[31mb�\n");
});
