import { PassThrough } from "node:stream";
import type { MaterializeEvent } from "@preload/core";
import { expect, test } from "vitest";
import { frameOf } from "../src/display/bars.ts";
import { describeEvent, describeRetry } from "../src/display/describe.ts";
import { lineDisplay } from "../src/display/lines.ts";
import { createTally } from "../src/display/tally.ts";
import { createTeller } from "../src/display/teller.ts";
import { createDisplay } from "../src/display.ts";
import type { Io } from "../src/io.ts";

const ref = "hf:org/name";
const url = "https://huggingface.co/org/name";

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

test.each([20, 40, 60, 79, 120, 200])("no line of a frame is longer than %i columns", (columns) => {
  const tally = tallyOf(4_000_000_000, 1_250_000_000, `a/${"very-long-".repeat(20)}name.safetensors`);

  for (const line of frameOf(tally, "", columns)) expect(line.length).toBeLessThanOrEqual(columns);
});

test("a frame shows each file, and the total with rate and time left", () => {
  expect(frameOf(tallyOf(400_000_000, 100_000_000), "", 79)).toEqual([
    "model.safetensors  name          ████░░░░░░░░░░░░  25 %  100 MB of 400 MB",
    "total            ████░░░░░░░░░░░░  25 %  100 MB of 400 MB  100 MB/s  3.0 s left",
  ]);
});

test("bytes of an earlier run are there, but are no speed", () => {
  const tally = createTally(() => 1000);
  tally.take({ type: "plan", ref, files: 1, bytes: 1000, problems: [] });
  tally.take({ type: "fetch", ref, path: "a", size: 1000, from: 600, url });
  tally.take({ type: "bytes", ref, path: "a", bytes: 600 });

  expect([tally.total.have, tally.rate(), tally.timeLeft()]).toEqual([600, 0, undefined]);
});

test("many files on their way are summed up in a line", () => {
  const tally = createTally(() => 0);
  tally.take({ type: "plan", ref, files: 20, bytes: 20, problems: [] });
  for (let file = 0; file < 20; file += 1) tally.take({ type: "fetch", ref, path: `${file}`, size: 1, from: 0, url });

  expect(frameOf(tally, "", 79)).toHaveLength(10);
  expect(frameOf(tally, "", 79)[8]).toBe("and 12 more");
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
    expect(written.stderr.endsWith("\u001b[J") || written.stderr === "").toBe(true);
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
const host = "cdn.example";

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
  [{ type: "retry", ...about, why: "cdn.example: …", wait: 400, asked: false, after: "stall" }, undefined, true],
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
