import { chmod } from "node:fs/promises";
import { dirname, join } from "node:path";
import { askPython } from "../ask-client.ts";
import { cacheDir, interopDir } from "../environments.ts";
import type { ImageBench } from "../image-bench.ts";
import { type Image, inRoot } from "../image-builder.ts";
import { findPython } from "../make-environment.ts";

/** Asks a client within the root of an image, as the image's user and with its variables, with the network cut. */
export async function askInImage<Answer>(
  { here, builder }: ImageBench,
  { name, env, user }: Image,
  program: string,
  question: object,
): Promise<Answer> {
  const root = await builder.mounted(name);
  const python = dirname(dirname(await findPython()));
  await chmod(here.home, 0o777);
  return askPython<Answer>(here, "newest", program, question, {
    network: "none",
    env: { ...env, HOME: "/tmp", PATH: process.env.PATH },
    within: inRoot(root, user, [cacheDir(), python, join(interopDir, "python"), here.home]),
  });
}
