import { appendFileSync } from "node:fs";
import * as core from "@actions/core";
import { hide, withoutSecrets } from "./secrets.ts";

/** What the runner of a job takes from us: its log, its annotations, its files. */
export interface Runner {
  input(name: string): string;
  /** Keeps a text out of every log and page from now on. */
  mask(secret: string): void;
  info(text: string): void;
  /** What a command tells people, in pieces of any length. */
  tell(text: string): void;
  annotate(level: "error" | "warning" | "notice", text: string): void;
  output(name: string, value: string): void;
  /** For the steps that come after. */
  exportVariable(name: string, value: string): void;
  summary(markdown: string): void;
}

const mostAnnotations = 10;

const levels = { error: core.error, warning: core.warning, notice: core.notice } as const;

/** The runner that started this process. What is more than ten annotations goes into the log alone. */
export function thisRunner(env: NodeJS.ProcessEnv): Runner {
  let annotations = 0;
  return {
    input: (name) => core.getInput(name),
    mask(secret) {
      hide(secret);
      core.setSecret(secret);
    },
    info: (text) => core.info(harmless(withoutSecrets(text))),
    tell: (text) => void process.stderr.write(harmless(withoutSecrets(text))),
    annotate(level, text) {
      annotations += 1;
      if (annotations > mostAnnotations) core.info(harmless(withoutSecrets(`${level}: ${text}`)));
      else levels[level](withoutSecrets(text), { title: "Preload" });
    },
    output: (name, value) => core.setOutput(name, value),
    exportVariable: (name, value) => core.exportVariable(name, value),
    summary(markdown) {
      // Written at once, and for good: the library's own summary keeps it until it is told to write.
      try {
        if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, `${withoutSecrets(markdown)}\n`);
      } catch (error) {
        // The models are as they should be, whatever the page of the job says.
        this.annotate("notice", `The summary of the job could not be written: ${(error as Error).message}`);
      }
    },
  };
}

/**
 * The text as the runner only shows it: a line of a log that begins with `::` is a command to it, and what cannot be seen
 * does not count.
 */
export function harmless(text: string): string {
  return text.replace(/^([\s\p{C}\p{Z}\p{M}]*):(?=:)/gmu, "$1: ").replaceAll("##[", "## [");
}
