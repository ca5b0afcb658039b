import { describe, expect, test } from "vitest";
import { commands } from "../src/commands.ts";
import { cliReference } from "../src/help/reference.ts";
import { nameOf } from "../src/help/render.ts";
import { run } from "./support/run.ts";

const shown = commands.map(nameOf);

async function help(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args, { cwd: process.cwd() });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

function tooWide(text: string): string[] {
  return text.split("\n").filter((line) => line.length > 80);
}

test("the reference in docs is the one of this version", async () => {
  // If not: npm run reference
  await expect(cliReference(commands)).toMatchFileSnapshot("../../../docs/cli.md");
});

describe("the help of", () => {
  test.each(shown)("%s has its usage first, then examples, in 80 columns", async (name) => {
    const text = await help(name, "--help");

    expect(text).toMatch(
      new RegExp(`^preload ${name}: .+\\n(.+\\n)*\\nUsage\\n  preload ${name} .*(\\n  .*)*\\n\\nExamples\\n`),
    );
    expect(tooWide(text)).toEqual([]);
  });

  test("a command is the same in three spellings", async () => {
    const text = await help("help", "verify");

    expect(await help("verify", "--help")).toBe(text);
    expect(await help("verify", "-h")).toBe(text);
  });

  test("a command names the default and the variable of an option", async () => {
    const text = (await help("help", "install")).replaceAll(/\s+/g, " ");

    expect(text).toContain("-j, --concurrency <n> files at once (default: 8; PRELOAD_CONCURRENCY)");
    expect(text).toContain("(one of text, json, ndjson; default: text)");
    expect(text).toContain("preload fetch, for short");
  });

  test("the program lists every command", async () => {
    const text = await help("--help");

    for (const name of shown) expect(text).toMatch(new RegExp(`^  ${name}[, ]`, "m"));
    expect(tooWide(text)).toEqual([]);
    expect(await help("help")).toBe(text);
  });

  test.each(["exit-codes", "environment"])("the topic %s fits into 80 columns", async (topic) => {
    expect(tooWide(await help("help", topic))).toEqual([]);
  });
});
