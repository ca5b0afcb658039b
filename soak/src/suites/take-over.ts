import { join } from "node:path";
import { type Body, pattern, serve } from "@preload/core/testing";
import { createVerdict, type Effort, type Findings } from "../suite.ts";
import { startChild } from "../world/children.ts";
import { digestOnDisk } from "../world/digest-on-disk.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { until } from "../world/until.ts";
import { within } from "../world/within.ts";

const megabyte = 1024 * 1024;
const kinds: readonly (readonly [name: string, body: Body])[] = [
  ["a file in one go", pattern(12 * megabyte, 61)],
  ["a file in ranges", pattern(40 * megabyte, 62)],
];

/** A process that waits for one that is killed in the middle of its download. */
export async function takeOver({ only, say }: Effort): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const measured: string[] = [];
  for (const [name, body] of kinds) {
    const where = `taking over ${name}`;
    if (only !== undefined && !where.includes(only)) continue;
    const found = await inScratch((dir) => strike(body, dir)).catch((error: Error) => ({
      problems: [error.message],
      again: 0,
    }));
    for (const problem of found.problems) expect(false, where, problem);
    measured.push(`${where}: ${(found.again / 1e6).toFixed(1)} MB of ${(body.size / 1e6).toFixed(1)} MB by the second`);
    say(measured.at(-1) ?? "");
  }
  return {
    violations,
    measured: measured.join("\n"),
    text: `A process that waits for another names it (the \`pid\` of the event \`wait\`). When that one is killed in the middle of its
download, the one that waited takes over: it continues the partial, completes, and leaves nothing beside the file.`,
  };
}

async function strike(body: Body, dir: string): Promise<{ problems: string[]; again: number }> {
  const problems: string[] = [];
  const origin = await serve(() => ({ body }));
  // Less than the first ranges are long: it never comes to its end by itself.
  origin.fault("model.bin", { type: "stall", at: 3 * megabyte });
  const entry = fileEntry(`${origin.url}/model.bin`, "model.bin", body);
  const manifest = manifestOf([entry]);
  const holder = startChild({ manifest, dir });
  try {
    await until("the first has received something", () => origin.bytesSent >= 3 * megabyte);
    const waiter = startChild({ manifest, dir });
    try {
      await until("the second waits", () => waiter.waits.length > 0);
      const [wait] = waiter.waits;
      if (wait?.pid !== holder.process.pid) problems.push(`it waits for ${wait?.pid}, not for ${holder.process.pid}`);
      origin.clear();
      holder.process.kill("SIGKILL");
      const { failure, bytes = 0 } = await within(60_000, () => waiter.report);
      if (failure !== undefined) problems.push(`the one that waited ends with ${failure}`);
      if (bytes === 0 || bytes > body.size - megabyte) problems.push(`it fetched ${bytes} bytes of ${body.size}`);
      if (`sha256:${await digestOnDisk(join(dir, "model.bin"))}` !== entry.digest) problems.push("it has other bytes");
      const left = await leftoversIn(dir);
      if (left.length > 0) problems.push(`left over: ${left.join(", ")}`);
      return { problems, again: bytes };
    } finally {
      waiter.process.kill("SIGKILL");
    }
  } finally {
    holder.process.kill("SIGKILL");
    await origin.close();
  }
}
