import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startDemoOrigin } from "@preload/demo-origin";
import { randomFrom } from "../random.ts";
import { createVerdict, type Effort, type Findings, type Suite } from "../suite.ts";
import { inspect } from "../world/inspect.ts";
import { leftoversIn } from "../world/leftovers.ts";
import { soakCatalog } from "../world/models.ts";
import { corruptedIn, pythonWithHub } from "../world/scan-cache.ts";
import { inScratch } from "../world/scratch.ts";
import { type Ended, fixtures, type User, userIn } from "../world/user.ts";
import { killAsking } from "./kill-asking.ts";
import { exits, signals } from "./signals.ts";

const rate = 10_000_000;
const block = 1024 * 1024;

/** The real command line, ended at any moment. */
export const kill: Suite = {
  name: "kill",
  title: "Kill",
  async run(effort) {
    const all = await inScratch((root) => killAll(root, effort));
    const asking = await inScratch((root) => killAsking(root, effort));
    const violations = [...all.violations, ...asking.violations];
    return { ...all, violations, text: `${all.text.trim()}\n\n${asking.text}` };
  },
};

async function killAll(root: string, { seed, scale, say }: Effort): Promise<Findings> {
  const wanted = Math.round(60 * scale);
  const { violations, expect } = createVerdict();
  const random = randomFrom(seed);
  const demo = await startDemoOrigin({ catalog: await soakCatalog(fixtures) });
  const { origin } = demo;
  // Each connection is held back, so that a transfer takes long enough to be struck in its middle.
  const hold = () => origin.fault(isBytes, { type: "slow", bytesPerSecond: rate });
  const user = await userIn(root, demo);
  const python = pythonWithHub();
  const total = demo.catalog.whisper[0]?.body as { size: number };
  const [commit] = demo.catalog.repos[0]?.revisions.values() ?? [];
  const wheel = demo.catalog.spacy[0]?.wheel as Uint8Array;
  const size =
    total.size + wheel.length + [...(commit?.files.values() ?? [])].reduce((sum, file) => sum + file.size, 0);

  hold();
  const begun = performance.now();
  const whole = await user.start(["install", "--no-progress"]).ended;
  let span = performance.now() - begun;
  expect(whole.code === 0, "an undisturbed run", `exit ${whole.code}: ${whole.stderr}`);

  const struck = { SIGKILL: 0, SIGTERM: 0, SIGINT: 0 };
  let overshoot = 0;
  let scans = 0;
  let told = 0;
  let atMost = 0;
  let count = 0;
  // Nearly every row has a hit in it. Where none has, this comes to its end as well, and says so.
  for (let rows = 0; count < wanted && rows < wanted * 4; rows += 1) {
    await forgetAll(user);
    origin.clear();
    hold();
    const inRow = random.between(1, 4);
    let kills = 0;
    let wasKilled = false;
    for (let turn = 0; turn < inRow && count < wanted; turn += 1) {
      const signal = random.oneOf(signals);
      const where = `kill ${count + 1} of seed ${seed} (${signal}, run ${turn + 1} in a row)`;
      const started = performance.now();
      const running = user.start(["install", "--no-progress"]);
      const moment = random.next() * span * 1.05;
      await Promise.race([pause(moment), running.ended]);
      const isOver = running.child.exitCode !== null;
      if (!isOver) running.child.kill(signal);
      const ended = await running.ended;
      if (isOver || ended.code === 0) {
        // A whole run that was quicker than any before: later ones are struck within what it took.
        if (turn === 0) span = Math.min(span, performance.now() - started);
        break;
      }
      count += 1;
      kills += 1;
      struck[signal] += 1;
      expect(ended.code === exits[signal], where, `exit ${ended.code}: ${lastOf(ended)}`);
      for (const what of await afterKill(user)) expect(false, where, what);
      // What a killed process left is the next one's to sweep, if it gets that far.
      wasKilled ||= signal === "SIGKILL";
      if (!wasKilled) {
        const left = (await leftoversIn(user.home)).filter((name) => !name.endsWith(".part"));
        expect(left.length === 0, where, `left over after a polite end: ${left.join(", ")}`);
      }
      if (python && count % 10 === 0) {
        scans += 1;
        for (const what of await corruptedIn(user.hub, python)) expect(false, where, `scan_cache_dir: ${what}`);
      }
    }
    const where = `the run after kill ${count} of seed ${seed}`;
    const ended = await user.start(["install", "--no-progress"]).ended;
    expect(ended.code === 0, where, `exit ${ended.code}: ${lastOf(ended)}`);
    const { wrong, isComplete } = await inspect(user, demo);
    for (const what of wrong) expect(false, where, what);
    expect(isComplete, where, "not every model is complete");
    const left = await leftoversIn(user.home);
    expect(left.length === 0, where, `left over: ${left.join(", ")}`);
    const sent = origin.requests.filter(isBytes).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    // For each connection that was killed: a block that was not whole, and what was in the kernel's and our memory.
    const allowed = kills === 0 ? 0 : origin.connections * 2 * block;
    overshoot += Math.max(0, sent - size);
    atMost = Math.max(atMost, (sent - size) / Math.max(1, kills));
    expect(sent - size <= allowed, where, `${sent - size} bytes came twice, over ${origin.connections} connections`);
    say(
      `${count} of ${wanted}${violations
        .slice(told)
        .map(({ where, what }) => `\n    ${where}: ${what}`)
        .join("")}`,
    );
    told = violations.length;
  }
  expect(count === wanted, `seed ${seed}`, `only ${count} of ${wanted} were struck before they were done`);
  await demo.close();

  async function afterKill(someone: User): Promise<string[]> {
    const { wrong, isComplete } = await inspect(someone, demo);
    const verified = await someone.start(["verify", "--json"]).ended;
    const told = [...wrong];
    if ((verified.code === 0) !== isComplete) told.push(`verify ends with ${verified.code}, complete: ${isComplete}`);
    if (verified.code !== 0 && verified.code !== 3 && verified.code !== 4) told.push(`verify: exit ${verified.code}`);
    return told;
  }

  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);
  return {
    violations,
    measured: `${JSON.stringify(struck)}; a whole run takes ${Math.round(span)} ms; ${megabytes(overshoot)} MB came twice in all, at most ${megabytes(atMost)} MB for one kill; scan_cache_dir asked ${scans} times`,
    text: `\`preload install\` of a whisper checkpoint (6 MB), a spaCy wheel (4 MB) and a sharded Hub repository (51 MB, one shard in
ranges over throttled connections) is ended at a random moment, up to four times in a row, and then left to finish.

| signal | times | exit |
|---|---|---|
${signals.map((signal) => `| ${signal} | ${struck[signal]} | ${exits[signal]} |`).join("\n")}

After each of the ${wanted}: no file under a final name with other bytes, no ref to a missing snapshot, no link that leads
nowhere, \`preload verify\` says what is true${python ? ", and (every tenth time) `scan_cache_dir` of huggingface_hub finds nothing corrupted" : ""}; after SIGTERM and SIGINT alone only partials remain.
The run that follows completes, leaves nothing beside the models, and the origin sends at most two megabytes per
connection more than the models have.
`,
  };
}

function isBytes({ path }: { path: string }): boolean {
  return path.startsWith("/cdn/") || path.endsWith(".pt");
}

async function forgetAll(user: User): Promise<void> {
  for (const folder of [user.hub, user.whisper, user.spacy, join(user.home, "state")]) {
    await rm(folder, { recursive: true, force: true });
  }
}

function lastOf({ stderr }: Ended): string {
  return stderr.trim().split("\n").slice(-4).join(" / ");
}
