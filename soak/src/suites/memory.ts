import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createHttp, materialize } from "@preload/core";
import { pattern, serve } from "@preload/core/testing";
import { createVerdict, type Findings, type Suite } from "../suite.ts";
import { fileEntry, manifestOf } from "../world/manifest.ts";
import { inScratch } from "../world/scratch.ts";
import { until } from "../world/until.ts";
import { aborts } from "./aborts.ts";
import { flatMemory } from "./flat-memory.ts";

const megabyte = 1024 * 1024;

/** Whether a process that uses the library for long stays as it was, and lets go when it is told to. */
export const memory: Suite = {
  name: "memory",
  title: "Memory, handles and aborts",
  async run(effort) {
    const { violations } = createVerdict();
    const measured: string[] = [];
    const rules: string[] = [];
    const curves = new Map<string, string>();
    for (const part of [manyInstalls, aborts, flatMemory]) {
      const found = await part(effort);
      violations.push(...found.violations);
      measured.push(found.measured ?? "");
      rules.push(found.text);
      for (const [title, text] of found.curves ?? []) curves.set(title, text);
      effort.say(found.measured ?? "");
    }
    return { violations, measured: measured.join("\n"), text: rules.join("\n\n"), curves };
  },
};

async function manyInstalls(): Promise<Findings> {
  const { violations, expect } = createVerdict();
  const files = [1, 2, 3].map((seed) => pattern(4096, seed));
  const large = pattern(17 * megabyte, 9);
  const before = handles();
  const origin = await serve(({ path }) => ({
    body: path === "/large" ? large : (files[Number(path.slice(1))] ?? ""),
  }));
  const manifest = manifestOf(files.map((body, index) => fileEntry(`${origin.url}/${index}`, `${index}.bin`, body)));
  const samples: number[] = [];
  await inScratch(async (root) => {
    for (let count = 1; count <= 1000; count += 1) {
      const dir = join(root, `${count}`);
      const http = createHttp({ machine: { env: {} } });
      await materialize(manifest, { dir, http, stateDir: join(root, "state") });
      http.close();
      await rm(dir, { recursive: true });
      // What the origin remembers is no memory of ours.
      origin.clear();
      if (count % 250 === 0) samples.push(heap());
    }
    const http = createHttp({ machine: { env: {} } });
    await materialize(manifestOf([fileEntry(`${origin.url}/large`, "large.bin", large)]), { dir: root, http });
    http.close();
  });
  await origin.close();
  // What is closed takes a moment to be gone; what is not is still there after ten seconds.
  const isBack = ({ sockets, threads }: Handles) => sockets <= before.sockets && threads <= before.threads + 5;
  await until("all is closed", () => isBack(handles()), 10_000).catch(() => {});
  const after = handles();
  const [early = 0] = samples;
  const late = samples.at(-1) ?? 0;
  expect(late - early < 4 * megabyte, "1000 installs", `the heap grew by ${late - early} bytes over the last 750`);
  expect(after.sockets <= before.sockets, "1000 installs", `${after.sockets - before.sockets} sockets stay open`);
  // The first use of a thread pool and of timers opens a few that stay.
  expect(after.files <= before.files + 4, "1000 installs", `${after.files - before.files} descriptors stay open`);
  expect(after.threads <= before.threads + 5, "1000 installs", `${after.threads - before.threads} threads stay`);
  return {
    violations,
    measured: `heap after 250, 500, 750, 1000 installs: ${samples.map((bytes) => (bytes / 1e6).toFixed(1)).join(", ")} MB; handles before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`,
    text: "A thousand installs in one process, each with its own HTTP stack: the heap grows by less than 4 MiB over the last 750,\nand after `http.close()` no socket is open and no hashing thread is left.",
  };
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

interface Handles {
  readonly files: number;
  readonly sockets: number;
  readonly threads: number;
}

/** Linux only; elsewhere nothing is found, and nothing can be said. */
function handles(): Handles {
  const count = (folder: string) => {
    try {
      return readdirSync(folder).length;
    } catch {
      return 0;
    }
  };
  const sockets = process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)SocketWrap$/.test(name)).length;
  return { files: count("/proc/self/fd"), sockets, threads: count("/proc/self/task") };
}
