import type { ModelRun, RunRecord } from "./record.ts";

/**
 * A run as a test suite, in the form that CI systems read: one case for each model, and one for the run itself if it
 * did not come to the models.
 */
export function junit(record: RunRecord): string {
  const { command, at, milliseconds, models, error } = record;
  const cases = models.map((model) => caseOf(model, command));
  if (error !== null && !models.some((model) => model.source === "failed")) {
    cases.push(testcase({ name: `preload ${command}`, command, milliseconds }, failure(error)));
  }
  const failures = cases.filter((text) => text.includes("<failure ")).length;
  const skipped = models.filter((model) => model.source === "skipped").length;
  const facts = [
    ["exitCode", record.exitCode],
    ["lockDigest", record.lockDigest ?? ""],
    ["fetchedBytes", record.fetchedBytes],
    ["requests", record.requests],
    ["retries", record.retries],
  ] as const;
  // What Jenkins' xUnit plugin admits: of all suites together, nobody says how many cases were skipped.
  const counts = attributes({ tests: cases.length, failures, errors: 0, time: seconds(milliseconds) });
  const own = attributes({ skipped, timestamp: at.slice(0, 19) });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${counts}>`,
    `  <testsuite${attributes({ name: `preload ${command}` })}${counts}${own}>`,
    "    <properties>",
    ...facts.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    "    </properties>",
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseOf(model: ModelRun, command: string): string {
  const { ref, source, error, milliseconds, fetchedBytes } = model;
  const about = { name: ref, command, milliseconds };
  if (source === "failed") return testcase(about, failure(error ?? { code: "CORRUPT", message: "not as promised" }));
  if (source === "skipped")
    return testcase(about, `<skipped${attributes({ message: firstLine(error?.message ?? "") })}/>`);
  return testcase(about, `<system-out>${escaped(`${source}, ${fetchedBytes} bytes fetched`)}</system-out>`);
}

interface About {
  readonly name: string;
  readonly command: string;
  readonly milliseconds: number;
}

function testcase({ name, command, milliseconds }: About, inside: string): string {
  const named = attributes({ name, classname: `preload.${command}`, time: seconds(milliseconds) });
  return `    <testcase${named}>\n      ${inside}\n    </testcase>`;
}

function failure({ code, message }: { readonly code: string; readonly message: string }): string {
  return `<failure${attributes({ message: firstLine(message), type: code })}>${escaped(message)}</failure>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join("");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };

/** Text for XML, without the characters that no XML may hold, not even by number. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[<>&"]/g, (character) => entities[character] ?? character)
  );
}
