import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { preloadOnPath } from "./shell.ts";
import { type World, world } from "./world.ts";

/** What happens elsewhere while somebody sits at the terminal, by the words of the comment that says so. */
export type Meanwhile = Readonly<Record<string, (world: World) => Promise<void> | void>>;

/**
 * Replays a recorded terminal session, and compares every output with what stands there.
 *
 *     ```yaml preload.yaml          a file of the project, written before what follows
 *     ```console                    `$ ` before a command, and its output below it
 *     <!-- meanwhile: words -->     something happens elsewhere
 *
 * The project is empty at first, and a Git repository's root; models come from a demo origin. With
 * PRELOAD_WRITE_SESSIONS=1 the outputs are written anew.
 */
export async function replay(path: string, meanwhile: Meanwhile = {}): Promise<void> {
  const recorded = await readFile(path, "utf8");
  const place = await world({ config: "none" });
  const env = { ...place.env, PATH: await preloadOnPath(dirname(place.home)), LANG: "C.UTF-8" };
  const shown: string[] = [];
  for (const piece of pieces(recorded)) {
    if (piece.type === "file") {
      await mkdir(dirname(join(place.project, piece.name)), { recursive: true });
      await writeFile(join(place.project, piece.name), piece.text);
    }
    if (piece.type === "meanwhile") {
      const happens = meanwhile[piece.words];
      if (!happens) throw new Error(`${path}: nothing is known of "meanwhile: ${piece.words}"`);
      await happens(place);
    }
    if (piece.type !== "command") shown.push(...piece.lines);
    else shown.push(...piece.lines, ...outputLines(steady(await typed(piece.command, place.project, env), place)));
  }
  const text = shown.join("\n");
  if (process.env.PRELOAD_WRITE_SESSIONS) await writeFile(path, text);
  else expect(text, "PRELOAD_WRITE_SESSIONS=1 writes it anew").toBe(recorded);
}

type Piece = { readonly lines: readonly string[] } & (
  | { readonly type: "prose" }
  | { readonly type: "file"; readonly name: string; readonly text: string }
  | { readonly type: "meanwhile"; readonly words: string }
  /** `lines` are those of the command; its recorded output is left out. */
  | { readonly type: "command"; readonly command: string }
);

function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const [, kind = "", name] = /^```(\w+)(?: (\S+))?$/.exec(line) ?? [];
    const [, words] = /^<!-- meanwhile: (.*) -->$/.exec(line) ?? [];
    if (words !== undefined) found.push({ type: "meanwhile", words, lines: [line] });
    if (words !== undefined) continue;
    const end = kind === "" ? -1 : lines.indexOf("```", index);
    const inside = lines.slice(index + 1, end);
    if (end < 0 || (kind !== "console" && name === undefined)) {
      found.push({ type: "prose", lines: [line] });
      continue;
    }
    if (kind === "console") found.push({ type: "prose", lines: [line] }, ...commandsIn(inside));
    else found.push({ type: "file", name: name ?? "", text: `${inside.join("\n")}\n`, lines: [line, ...inside] });
    found.push({ type: "prose", lines: ["```"] });
    index = end;
  }
  return found;
}

function commandsIn(lines: readonly string[]): Piece[] {
  const found: Piece[] = [];
  let open: string[] | undefined;
  for (const line of lines) {
    if (line.startsWith("$ ")) open = [];
    // What is not a command is the output of the last one, and made anew.
    if (!open) continue;
    open.push(line);
    if (line.endsWith("\\")) continue;
    const command = open.join("\n").slice(2);
    found.push({ type: "command", command, lines: open });
    open = undefined;
  }
  return found;
}

/** What a terminal would show: both outputs, in their order. */
async function typed(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn("bash", ["-c", `exec 2>&1\n${command}`], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return shown;
}

/** Without what differs from one run to the next: folders, ports, versions of ours, times, what is free on the disk. */
function steady(text: string, { home, project, demo }: World): string {
  return text
    .replaceAll(project, "/home/ada/project")
    .replaceAll(home, "/home/ada")
    .replaceAll(demo.origin.url, "http://127.0.0.1:8080")
    .replaceAll(new URL(demo.origin.url).host, "127.0.0.1:8080")
    .replaceAll(demo.origin.url.replace("127.0.0.1", "localhost"), "http://localhost:8080")
    .replaceAll(/@preload\/cli@\d+\.\d+\.\d+\b/g, "@preload/cli@1.2.3")
    .replaceAll(/\b\d+(\.\d+)? (s|ms|min)\b/g, "0.1 s")
    .replaceAll(/\b\d+(\.\d+)? [kMG]?B\/s/g, "1.0 MB/s")
    .replaceAll(/\b\d+(\.\d+)? [kMGT]B (is |are )?free/g, "100 GB $2free");
}

function outputLines(text: string): string[] {
  return text === ""
    ? []
    : text
        .replace(/(^ready .* fetched in .*\n)+/gm, inOrder)
        .replace(/\n$/, "")
        .split("\n");
}

/** Models that are fetched side by side are ready in any order. */
function inOrder(lines: string): string {
  return lines
    .split(/(?<=\n)/)
    .sort()
    .join("");
}
