import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { frameOf } from "../src/display/bars.ts";
import { describeEvent, describeRetry } from "../src/display/describe.ts";
import { lineDisplay } from "../src/display/lines.ts";
import { createTally } from "../src/display/tally.ts";
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

test("control characters from elsewhere do not reach the terminal", () => {
  const { io, written } = ioOf();

  lineDisplay(io, {}).notice("a\u001b[31mb\u0007");

  expect(written.stderr).toBe("a�[31mb�\n");
});
