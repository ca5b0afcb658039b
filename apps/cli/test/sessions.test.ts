import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { type Meanwhile, replay } from "./support/session.ts";

const folder = fileURLToPath(new URL("../../../docs/sessions", import.meta.url));

/** What the sessions say happens elsewhere. */
const meanwhile: Meanwhile = {};

test.skipIf(process.platform === "win32").each(readdirSync(folder).filter((name) => name.endsWith(".md")))(
  "docs/sessions/%s is what a terminal shows",
  (name) => replay(join(folder, name), meanwhile),
);
