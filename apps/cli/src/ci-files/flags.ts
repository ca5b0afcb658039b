import { PreloadError } from "@preload/core";
import type { Flags } from "../flags.ts";
import type { Settings } from "./marks.ts";
import type { CiName } from "./names.ts";

/** What `init` understands beside --ci. */
export interface CiFlags extends Flags {
  readonly ci?: CiName;
  readonly ciFile?: string;
  readonly setup?: readonly string[];
  readonly test?: readonly string[];
  readonly check?: boolean;
  readonly stdout?: boolean;
}

/** @throws PreloadError `USAGE` for a flag that means nothing without --ci */
export function refuseWithoutCi({ ciFile, setup, test, check, stdout }: CiFlags): void {
  const given = Object.entries({
    "--ci-file": ciFile,
    "--setup": setup,
    "--test": test,
    "--check": check,
    "--stdout": stdout,
  });
  const [first] = given.flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (first === undefined) return;
  throw new PreloadError("USAGE", `${first} is about the file of a CI, and none is named`, {
    hint: "Name it with --ci, for example --ci github.",
  });
}

/** What the flags say of the jobs; an empty text takes back what was said before. */
export function settingsOf({ config, profile, only, setup, test }: CiFlags): Settings {
  const said = { config, profile, only, setUp: setup?.filter(isSomething), test: test?.filter(isSomething) };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function isSomething(text: string): boolean {
  return text.trim() !== "";
}
