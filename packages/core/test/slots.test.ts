import { describe, expect, test } from "vitest";
import { createSlots } from "../src/slots.ts";

/** Work of which the test says when its bytes have come, and when it is done. */
function heldWork() {
  const started: { allHasCome: () => void; end: () => void }[] = [];
  const work = (allHasCome: () => void) => new Promise<void>((end) => started.push({ allHasCome, end }));
  return { started, work };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe("small files at once", () => {
  test("are 32 at first, and the next begins when the bytes of one have come", async () => {
    const slots = createSlots();
    const { started, work } = heldWork();
    const all = Array.from({ length: 40 }, () => slots.run(1000, work));
    await soon();
    expect(started).toHaveLength(32);

    started[0]?.allHasCome();
    started[0]?.allHasCome();
    await soon();
    expect(started).toHaveLength(33);

    // That it is on the disk now makes no second place.
    started[0]?.end();
    await soon();
    expect(started).toHaveLength(33);
    for (let at = 0; at < 40; at += 1) {
      started[at]?.end();
      await soon();
    }
    await Promise.all(all);
  });

  test("take memory until they are on the disk", async () => {
    const slots = createSlots();
    const { started, work } = heldWork();
    const all = [1, 2, 3].map(() => slots.run(8 * 1024 * 1024, work));
    await soon();
    started[0]?.allHasCome();
    await soon();
    expect(started).toHaveLength(2);

    started[0]?.end();
    await soon();
    expect(started).toHaveLength(3);
    for (const { end } of started) end();
    await Promise.all(all);
  });

  test("do not take more memory than there is room for while the disk is slower than the network", async () => {
    const slots = createSlots();
    const { started, work } = heldWork();
    for (let count = 0; count < 5; count += 1) void slots.run(8 * 1024 * 1024, work);
    await soon();

    for (let at = 0; at < 5; at += 1) {
      started[at]?.allHasCome();
      await soon();
    }

    expect(started).toHaveLength(2);
  });

  test.each([
    [5, 32],
    [60, 64],
  ])("after a listing that took %i ms they are %i from the first", async (took, width) => {
    const slots = createSlots();
    slots.expect(took);
    const { started, work } = heldWork();
    for (let count = 0; count < 80; count += 1) void slots.run(1000, work);
    await soon();
    expect(started).toHaveLength(width);
  });

  test("stay as few as the user wants", async () => {
    const slots = createSlots({ concurrency: 2 });
    slots.expect(60);
    const { started, work } = heldWork();
    for (let count = 0; count < 5; count += 1) void slots.run(1000, work);
    await soon();
    expect(started).toHaveLength(2);
  });
});
