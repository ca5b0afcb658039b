/**
 * How many small files are on their way at once. That has nothing to do with how many large ones are:
 * a small file is mostly waiting for its first byte.
 */
export interface Slots {
  /**
   * Runs the work when there is a slot, and room for so many bytes in memory. The room is taken until the work is done, the
   * slot until it says that all has come: what the disk takes its time for keeps nobody from asking for the next.
   */
  run<T>(bytes: number, work: (allHasCome: () => void) => Promise<T>): Promise<T>;
  /** What came before, a listing for example, took so many milliseconds at least. */
  expect(milliseconds: number): void;
  /** An answer began so many milliseconds after it was asked for. */
  answered(milliseconds: number): void;
  /** The origin wants less of us. Gives back how many it will be at once. */
  yield(): number;
}

export interface SlotsOptions {
  /** How many files at once the user wants. Fewer than by default hold for small ones as well. @default 8 */
  readonly concurrency?: number;
}

const wide = 32;
const wider = 64;
// Milliseconds. A host that is further away than this one answers as many again in the same time.
const isFar = 10;
// A listing also takes the origin some time to write.
const isSurelyFar = 25;
const room = 16 * 1024 * 1024;
const usual = 8;

export function createSlots({ concurrency = usual }: SlotsOptions = {}): Slots {
  const waiting: { bytes: number; start: () => void }[] = [];
  let width = concurrency < usual ? concurrency : Math.max(wide, concurrency);
  let mayWiden = concurrency >= usual;
  let busy = 0;
  let held = 0;
  let answers = 0;
  let quickest = Number.POSITIVE_INFINITY;

  const startNext = () => {
    for (let next = waiting[0]; next !== undefined && busy < width; next = waiting[0]) {
      // One that is larger than all the room still gets its turn, when nothing else waits for the disk.
      if (held > 0 && held + next.bytes > room) return;
      waiting.shift();
      busy += 1;
      held += next.bytes;
      next.start();
    }
  };
  return {
    async run(bytes, work) {
      await new Promise<void>((start) => {
        waiting.push({ bytes, start });
        startNext();
      });
      let isOnItsWay = true;
      const allHasCome = () => {
        if (isOnItsWay) busy -= 1;
        isOnItsWay = false;
        startNext();
      };
      try {
        return await work(allHasCome);
      } finally {
        held -= bytes;
        allHasCome();
      }
    },
    expect(milliseconds) {
      if (mayWiden && milliseconds > isSurelyFar) width = Math.max(width, wider);
    },
    answered(milliseconds) {
      quickest = Math.min(quickest, milliseconds);
      answers += 1;
      if (!mayWiden || answers < usual) return;
      mayWiden = false;
      // The quickest: what the others waited for may have been our own processor.
      if (quickest > isFar) width = Math.max(width, wider);
      startNext();
    },
    yield() {
      mayWiden = false;
      width = Math.max(1, Math.floor(width / 2));
      return width;
    },
  };
}
