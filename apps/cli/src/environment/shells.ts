import { createHash } from "node:crypto";
import { PreloadError } from "@preload/core";
import type { Variable } from "./client-variables.ts";

const shells = ["bash", "fish", "pwsh", "dotenv", "docker", "github"] as const;

export type Shell = (typeof shells)[number];

/**
 * The lines that set the variables, for a shell to evaluate or a program to read.
 * `environment` holds the value that each has in the end.
 *
 * @throws PreloadError `BAD_CONFIG` for a value that the form cannot hold
 */
export function assignments(
  shell: Shell,
  variables: readonly Variable[],
  environment: Readonly<Record<string, string>>,
): string {
  return variables.map((variable) => `${line(shell, variable, environment[variable.name] ?? "")}\n`).join("");
}

function line(shell: Shell, variable: Variable, value: string): string {
  const { name } = variable;
  if (shell !== "github" && /[\r\n\0]/.test(value)) {
    throw new PreloadError(
      "BAD_CONFIG",
      `${name} would be ${JSON.stringify(value)}: a line break does not fit into it`,
      {
        hint: "Choose a directory without one.",
      },
    );
  }
  switch (shell) {
    case "bash":
      return `export ${name}=${quotedForBash(value)}`;
    case "fish":
      return `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`;
    case "pwsh":
      // PowerShell takes typographic quotes for plain ones.
      return `$env:${name} = '${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
    case "dotenv":
      return `${name}=${quotedForDotenv(name, value)}`;
    case "docker":
      return dockerLine(variable);
    case "github":
      return githubLine(name, value);
  }
}

function quotedForBash(value: string): string {
  return isPlain(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

// Readers of .env files agree on little: bare words, and single quotes around anything but a single quote.
function quotedForDotenv(name: string, value: string): string {
  if (isPlain(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  if (!/["$\\`]/.test(value)) return `"${value}"`;
  throw new PreloadError(
    "BAD_CONFIG",
    `${name} would be ${value}: no form of quotes holds it in every reader of .env files`,
    {
      hint: "Choose a directory without quotes, or another --shell.",
    },
  );
}

// An image has a PYTHONPATH of its own; what the caller's holds means nothing there.
function dockerLine({ name, value, kind }: Variable): string {
  const escaped = value.replaceAll(/[\\"$]/g, "\\$&");
  return kind === "path" ? `ENV ${name}="${escaped}\${${name}:+:$${name}}"` : `ENV ${name}="${escaped}"`;
}

function githubLine(name: string, value: string): string {
  if (!/[\r\n]/.test(value)) return `${name}=${value}`;
  const end = `preload_${createHash("sha256").update(value).digest("hex").slice(0, 16)}`;
  return `${name}<<${end}\n${value}\n${end}`;
}

function isPlain(value: string): boolean {
  return /^[\w./:@%+,=-]+$/.test(value);
}
