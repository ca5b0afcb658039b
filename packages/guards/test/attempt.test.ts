import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { expect, test } from "vitest";
import { appendAttempt, readAttempts } from "../src/index.ts";
import { attemptsFile as file } from "./support/guarded.ts";

test("what was appended is read, in its order", () => {
  const path = file();
  const first = { by: "python", host: "huggingface.co", port: 443, path: "/a/b", test: "t.py::x", at: 1 } as const;
  const second = { by: "dns", host: "example.invalid", at: 2 } as const;

  appendAttempt(path, first);
  appendAttempt(path, second);

  expect(readAttempts(path)).toEqual([first, second]);
});

test("a file that nobody wrote holds no attempts", () => {
  expect(readAttempts(file())).toEqual([]);
});

test("a torn line, and one that is no attempt, are left out", () => {
  const path = file();
  appendAttempt(path, { by: "node", host: "a.invalid", at: 1 });
  appendFileSync(path, '{"by":"node","ho\n{"host":"b.invalid"}\n\nnull\n');
  appendAttempt(path, { by: "node", host: "c.invalid", at: 2 });
  appendFileSync(path, '{"by":"no');

  expect(readAttempts(path).map(({ host }) => host)).toEqual(["a.invalid", "c.invalid"]);
});

test("a line stays under 4 KiB, and keeps host and test", () => {
  const path = file();
  const stack = Array.from({ length: 50 }, (_, line) => `at ${"f".repeat(200)} (file.ts:${line})`);

  appendAttempt(path, { by: "node", host: "a.invalid", test: "a test", stack, at: 1 });
  appendAttempt(path, { by: "node", host: "b.invalid", path: `/${"p".repeat(9000)}`, at: 2 });

  const [first, second] = readFileSync(path, "utf8").split("\n");
  expect(Buffer.byteLength(`${first}`)).toBeLessThan(4096);
  expect(Buffer.byteLength(`${second}`)).toBeLessThan(4096);
  const [a, b] = readAttempts(path);
  expect(a).toMatchObject({ host: "a.invalid", test: "a test" });
  expect(a?.stack?.[0]).toBe(stack[0]);
  expect(b?.host).toBe("b.invalid");
});

test("a line whose parts are of another kind is no attempt", () => {
  const path = file();
  const fits = { by: "node", host: "a.invalid", at: 1 };
  const others = [
    { port: "443" },
    { pid: {} },
    { path: 5 },
    { test: {} },
    { program: [] },
    { stack: "at" },
    { stack: [1] },
  ];
  for (const other of [{}, ...others]) appendFileSync(path, `${JSON.stringify({ ...fits, ...other })}\n`);

  expect(readAttempts(path)).toEqual([fits]);
});

test("what a program puts in the place of the file is not waited for, and not read whole", () => {
  const [pipe, folder, huge] = [file(), file(), file()];
  if (process.platform !== "win32") expect(spawnSync("sh", ["-c", `mkfifo "$0"`, pipe]).status).toBe(0);
  mkdirSync(folder);
  appendAttempt(huge, { by: "node", host: "a.invalid", at: 1 });
  truncateSync(huge, 3 * 1024 ** 3);

  expect(readAttempts(pipe)).toEqual([]);
  expect(process.platform === "win32" ? [] : readAttempts(folder)).toEqual([]);
  expect(readAttempts(huge).map(({ host }) => host)).toEqual(["a.invalid"]);
});
