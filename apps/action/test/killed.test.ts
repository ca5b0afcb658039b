import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { models, type Started, type World, world } from "./support/world.ts";

const size = 400_000;

/** Models whose weights stop half-way on their first transfer. */
function stalling(): Promise<World> {
  return world(models(2, size));
}

/** Ends when something is true of the world. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10);
}

describe("a job that is switched off", () => {
  test("in the middle of a download saves nothing, and the next one is complete", async () => {
    const { machine, service, demo } = await stalling();
    const own = await machine();
    demo.origin.fault("model.safetensors", { type: "stall", at: 1000 }, 2);
    demo.origin.fault("/cdn/", { type: "stall", at: 1000 }, 2);
    const step = await own.start();
    await until(() => demo.origin.requests.some(({ bytesSent }) => bytesSent >= 1000));
    step.kill();
    await step.done;
    demo.origin.clear();
    expect(service.keys).toEqual([]);

    expect(await own.run()).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 2 });
    expect(await (await machine()).run()).toMatchObject({ code: 0, outputs: { hit: "exact" }, asked: 0 });
  });

  for (const [what, match] of [
    ["before an entry is uploaded", (request: string) => request.startsWith("PUT /devstore")],
    ["before an entry is finished", (request: string) => request.includes("FinalizeCacheEntryUpload")],
  ] as const) {
    test(`${what} leaves none, and the next one is complete`, async () => {
      const { machine, service } = await world(models(1));
      const { held } = service.hold(match);
      const step = await (await machine()).start();
      await held;
      step.kill();
      await step.done;
      expect(service.keys).toEqual([]);

      // What was reserved stays so for a while: nobody is served by it, and nobody may upload in its place.
      const next = await (await machine()).run();
      expect(next).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, annotations: [] });
      expect(service.keys).toEqual([]);

      service.expireReservations();
      expect(await (await machine()).run()).toMatchObject({ code: 0, uploads: 1 });
      expect(await (await machine()).run()).toMatchObject({ code: 0, outputs: { hit: "exact" }, asked: 0 });
    });
  }

  test("while an entry is restored has put nothing into the caches, and the next one is complete", async () => {
    const { machine, service } = await world(models(1));
    await (await machine()).run();
    const own = await machine();
    const { held } = service.hold((request) => request.startsWith("GET /devstore"));
    const step = await own.start();
    await held;
    step.kill();
    await step.done;
    expect(readdirSync(own.home)).not.toContain(".cache");

    expect(await own.run()).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0 });
  });
});

describe("a job that is cancelled, as a runner does it,", () => {
  /** SIGINT, and what comes after it if nobody listens. */
  async function cancel({ child, done }: Started, signal: NodeJS.Signals) {
    child.kill(signal);
    return done;
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const code = signal === "SIGINT" ? 130 : 143;

    test(`while it downloads ends with ${code} upon ${signal}, saves nothing, and the next one goes on`, async () => {
      const { machine, service, demo } = await stalling();
      const own = await machine();
      demo.origin.fault("/cdn/", { type: "stall", at: 1000 }, 1);
      demo.origin.fault("model.safetensors", { type: "stall", at: 1000 }, 1);
      const started = await own.start();
      await until(() => demo.origin.requests.some(({ bytesSent }) => bytesSent >= 1000));
      const step = await cancel(started, signal);
      demo.origin.clear();

      expect(step.code).toBe(code);
      expect(service.entries).toEqual([]);
      expect(await own.run()).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 2 });
    });
  }

  test("while it uploads ends at once, and leaves no entry", async () => {
    const { machine, service } = await world(models(1));
    const { held } = service.hold((request) => request.startsWith("PUT /devstore"));
    const started = await (await machine()).start();
    await held;

    expect((await cancel(started, "SIGINT")).code).toBe(130);
    expect(service.keys).toEqual([]);
  });

  test("while it restores ends at once", async () => {
    const { machine, service } = await world(models(1));
    await (await machine()).run();
    const { held } = service.hold((request) => request.startsWith("GET /devstore"));
    const started = await (await machine()).start();
    await held;

    expect((await cancel(started, "SIGINT")).code).toBe(130);
  });
});
