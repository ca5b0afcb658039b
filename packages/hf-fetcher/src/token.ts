import { readFile } from "node:fs/promises";
import { codeOf, isMissing, type Machine, PreloadError } from "@preload/core";
import { hfHome, isOn } from "./cache-dir.ts";
import { expand, pathsOf } from "./expand.ts";

export interface FoundToken {
  readonly token: string;
  /** For people: the variable, or the file. Never the token. */
  readonly source: string;
}

/**
 * The token that huggingface_hub would send without being told to, found in its order:
 * `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the file named by `HF_TOKEN_PATH`, the file `token` in its home.
 *
 * @throws PreloadError `UNAUTHORIZED` when the file is there and cannot be read
 */
export async function findToken(machine: Machine): Promise<FoundToken | undefined> {
  const { env } = machine;
  if (isOn(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"])) return undefined;
  const name = env["HF_TOKEN"] ? "HF_TOKEN" : "HUGGING_FACE_HUB_TOKEN";
  return found(env[name], name) ?? readTokenFile(machine);
}

async function readTokenFile(machine: Machine): Promise<FoundToken | undefined> {
  const paths = pathsOf(machine);
  const written = machine.env["HF_TOKEN_PATH"] ?? paths.join(hfHome(machine), "token");
  const path = paths.resolve(machine.cwd, expand(written, machine));
  try {
    return found(await readFile(path, "utf8"), path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new PreloadError("UNAUTHORIZED", `${path} holds the Hub's token, and cannot be read (${codeOf(error)})`, {
      hint: "Set HF_TOKEN, or HF_HUB_DISABLE_IMPLICIT_TOKEN=1 to go without a token.",
      cause: error,
    });
  }
}

function found(written: string | undefined, source: string): FoundToken | undefined {
  const token = (written ?? "").replaceAll(/[\r\n]/g, "").trim();
  return token === "" ? undefined : { token, source };
}
