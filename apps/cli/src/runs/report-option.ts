import { PreloadError } from "@preload/core";
import { Option } from "commander";

export const reportForms = ["json", "junit", "openmetrics"] as const;

/** What a run writes down for other programs, and where. */
export interface Report {
  readonly form: (typeof reportForms)[number];
  /** As it was given; relative to the working directory. */
  readonly file: string;
}

/** `--report FORM FILE`, or in one word `--report FORM=FILE`. */
export function reportOption(): Option {
  return new Option(
    "--report <form file>",
    "write what the run did: json, junit or openmetrics, and the file; repeat for several",
  ).argParser((text: string, before: readonly Report[] = []) => [...before, report(text)]);
}

const secondWord = new Option("--report <file>", "where it is written");

/** What is still to come behind the form: for whoever completes a line that is not finished. */
export function fileOfReport({ flags }: Option, form: string): Option | undefined {
  return flags === reportOption().flags && isForm(form) ? secondWord : undefined;
}

function report(text: string): Report {
  const at = text.indexOf("=");
  const form = reportForms.find((known) => known === text.slice(0, Math.max(0, at)));
  const file = text.slice(at + 1);
  if (form !== undefined && file !== "") return { form, file };
  throw new PreloadError("USAGE", `--report ${text.replace("=", " ")} does not name a form and a file`, {
    hint: "For example --report junit report.xml; the forms are json, junit and openmetrics.",
  });
}

/**
 * The same command line with each `--report FORM FILE` as one word, which is how the parser reads it: an option of two
 * words it does not know.
 */
export function withReportsJoined(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word === "--") return [...joined, ...argv.slice(index)];
    const form = word === "--report" ? argv[index + 1] : undefined;
    const file = argv[index + 2];
    if (form === undefined || !isForm(form) || file === undefined) {
      joined.push(word);
      continue;
    }
    joined.push(`--report=${form}=${file}`);
    index += 2;
  }
  return joined;
}

function isForm(word: string): boolean {
  return (reportForms as readonly string[]).includes(word);
}
