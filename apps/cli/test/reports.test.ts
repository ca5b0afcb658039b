import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { junit } from "../src/runs/junit.ts";
import { openMetrics } from "../src/runs/open-metrics.ts";
import { modelOf, recordOf } from "./support/records.ts";
import { type World, world } from "./support/world.ts";

const read = ({ project }: World, name: string) => readFile(join(project, name), "utf8");

function parsed(xml: string) {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false });
  return parser.parse(xml).testsuites;
}

test("a run writes the reports that were asked for, in both ways of asking, and nothing beside them", async () => {
  const made = await world();
  await made.preload(["lock"]);

  const { code } = await made.preload([
    "ci",
    "--report",
    "json",
    "a.json",
    "--report=junit=b.xml",
    "--report",
    "openmetrics=c=d.prom",
  ]);

  expect(code).toBe(0);
  expect((await readdir(made.project)).sort()).toEqual([
    ".git",
    "a.json",
    "b.xml",
    "c=d.prom",
    "preload.lock",
    "preload.yaml",
  ]);
  const record = JSON.parse(await read(made, "a.json"));
  expect(record).toMatchObject({ version: 1, command: "ci", exitCode: 0, models: { length: 6 } });
  expect(parsed(await read(made, "b.xml"))).toMatchObject({ tests: "6", failures: "0" });
  expect(await read(made, "c=d.prom")).toMatch(/# EOF\n$/);
});

test("a run that fails says so in its reports: a failure with its message, and the others as they are", async () => {
  const made = await world();
  await made.preload([]);
  await rm(made.whisper, { recursive: true });

  const { code } = await made.preload(["verify", "--report", "junit", "r.xml", "--report", "json", "r.json"]);

  expect(code).toBe(3);
  const { testsuite, failures } = parsed(await read(made, "r.xml"));
  expect(failures).toBe("1");
  const [failed] = testsuite.testcase.filter((one: object) => "failure" in one);
  expect(failed).toMatchObject({
    name: "whisper:tiny-demo",
    classname: "preload.verify",
    failure: { type: "MISSING" },
  });
  expect(failed.failure.message).toContain("tiny-demo.pt (missing)");
  expect(testsuite.testcase).toHaveLength(6);
  expect(JSON.parse(await read(made, "r.json"))).toMatchObject({ exitCode: 3 });
});

test("a run of which nothing is new still writes its report each time", async () => {
  const made = await world();
  await made.preload([]);
  for (let times = 0; times < 3; times += 1) {
    await made.preload(["ci", "--report", "json", "r.json"]);
    await rm(join(made.project, "r.json"));
  }
});

describe("a report that cannot be written", () => {
  test("is an error of its own: exit 7, in words and in the document", async () => {
    const made = await world();
    await made.preload([]);

    const ran = await made.preload(["ci", "--json", "--report", "junit", "nowhere/r.xml"]);

    expect(ran.code).toBe(7);
    expect(ran.stderr).toContain("--report junit nowhere/r.xml: it cannot be written (ENOENT)");
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, exitCode: 7, errors: [{ code: "NOT_WRITABLE" }] });
  });

  test("does not hide how the run ended, nor keep the others from being written", async () => {
    const made = await world();
    const args = ["verify", "--report", "junit", "nowhere/r.xml", "--report", "json", "r.json"];

    const ran = await made.preload(args);

    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("nowhere/r.xml");
    expect(JSON.parse(await read(made, "r.json"))).toMatchObject({ exitCode: 3 });
  });

  test("leaves the file as it was, and no draft", async () => {
    const made = await world();
    await made.preload([]);
    await mkdir(join(made.project, "folder"));

    const ran = await made.preload(["ci", "--report", "json", "folder"]);

    expect(ran.code).toBe(7);
    expect((await readdir(made.project)).filter((name) => name.includes(".tmp"))).toEqual([]);
  });
});

test.each([
  [["ci", "--report", "junit"], "--report junit does not name a form and a file"],
  [["ci", "--report", "out.xml"], "--report out.xml does not name a form and a file"],
  [["ci", "--report", "html=out.html"], "--report html out.html does not name a form and a file"],
  [["ci", "--report"], "argument missing"],
])("%j is refused", async (args, words) => {
  const { preload } = await world({ config: "none" });

  const ran = await preload(args);

  expect(ran).toMatchObject({ code: 2 });
  expect(ran.stderr).toContain(words);
});

test("a form and a file in front of the command are read, and what follows is no report", async () => {
  const made = await world();

  const ran = await made.preload(["--report", "json", "r.json", "install", "whisper:tiny-demo"]);

  expect(ran.code).toBe(0);
  expect(JSON.parse(await read(made, "r.json")).models).toMatchObject([{ ref: "whisper:tiny-demo" }]);
});

test("names and messages of any kind stay text in XML", () => {
  const evil = `<x a="1">&amp; ]]> \u0000\u001b[31m é 漢 '\n`;

  const suites = parsed(
    junit(recordOf({ models: [modelOf({ ref: evil, source: "failed", error: { code: "X", message: evil } })] })),
  );

  expect(suites.testsuite.testcase.failure["#text"]).toContain("�[31m é 漢");
});

/** The elements and attributes that Jenkins' xUnit plugin admits, which refuses a report with another; all others read more. */
const admitted: Readonly<Record<string, readonly string[]>> = {
  testsuites: ["name", "time", "tests", "failures", "errors"],
  testsuite: ["name", "tests", "failures", "errors", "time", "skipped", "timestamp"],
  properties: [],
  property: ["name", "value"],
  testcase: ["name", "time", "classname"],
  failure: ["type", "message"],
  skipped: ["type", "message"],
  "system-out": [],
};

test("a report holds what every reader of it admits, whatever is in names and messages", () => {
  const odd = "]]> <![CDATA[ &#0; \u0000\u0008\u001b[31m\u007f\u0085\u2028\ufffe\ud800 \u{1f600} \r\n\t'\"";
  const error = { code: "NETWORK", message: `${odd}\n${odd}` };
  const sources = ["cache", "network", "repaired", "pack", "skipped", "failed"] as const;
  const models = sources.map((source) => modelOf({ ref: `hf:${odd}`, source, error, milliseconds: 1_234_567_891 }));
  const texts = [recordOf({ models }), recordOf({ error, lockDigest: null }), recordOf()].map((record) =>
    Buffer.from(junit(record)).toString(),
  );

  for (const text of texts) {
    expect(XMLValidator.validate(text)).toBe(true);
    // The characters that XML has, and of a time the digits that Surefire writes.
    expect(text).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    for (const [, name = "", attributes = ""] of text.matchAll(/<([a-z][\w-]*)((?: [a-z]+="[^"<]*")*)\/?>/gi)) {
      const names = [...attributes.matchAll(/ (\w+)="/g)].map(([, one]) => one);
      expect(admitted[name] ?? [`no ${name}`]).toEqual(expect.arrayContaining(names));
    }
    for (const [, time] of text.matchAll(/ time="(.*?)"/g)) expect(time).toMatch(/^\d+\.\d{3}$/);
  }
});

test("a run that did not come to its models is a case that failed", () => {
  const suites = parsed(junit(recordOf({ exitCode: 2, error: { code: "BAD_CONFIG", message: "preload.yaml: no" } })));

  expect(suites.testsuite.testcase).toMatchObject({ name: "preload ci", failure: { message: "preload.yaml: no" } });
});

test("two models whose refs differ only in what a record leaves out are two series", () => {
  const ref = "url:https://example.com/a.bin";
  const text = openMetrics(recordOf({ models: [modelOf({ ref }), modelOf({ ref })] }));

  const series = text.split("\n").flatMap((line) => /^(\w+\{.*\}) /.exec(line)?.[1] ?? []);
  expect(series).toEqual([...new Set(series)]);
  expect(text).toContain(`ref="${ref}#2"`);
});

test("labels of any kind stay labels in OpenMetrics", () => {
  const text = openMetrics(recordOf({ models: [modelOf({ ref: 'a"b\\c\nd' })] }));

  expect(text).toContain('ref="a\\"b\\\\c\\nd"');
});
