import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Played, Stage } from "./stage.ts";

export interface Scene {
  readonly title: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exitCode: number;
  /** What has to be true beside the exit code. */
  readonly isRight?: (played: Played) => boolean;
  readonly before?: (stage: Stage) => Promise<void>;
}

const asksNobody = ({ requests, bytesSent }: Played) => requests === 0 && bytesSent === 0;
const damaged = "hf:preload-demo/tiny-bart";
const itsFolder = "models/huggingface/hub/models--preload-demo--tiny-bart";

export const scenes: readonly Scene[] = [
  { title: "write down what the config means", argv: ["lock"], exitCode: 0 },
  { title: "what an install would do", argv: ["plan", "-p", "test"], exitCode: 0 },
  {
    title: "held back a little, so that there is something to see",
    argv: ["install", "--max-rate", "200k"],
    exitCode: 0,
    isRight: ({ bytesSent }) => bytesSent > 0,
  },
  { title: "as a CI job with a warm cache", argv: ["ci"], exitCode: 0, isRight: asksNobody },
  {
    title: "one byte was turned around",
    argv: ["verify", damaged],
    exitCode: 4,
    isRight: asksNobody,
    before: damage,
  },
  {
    title: "fetch what is broken, and only that",
    argv: ["verify", "--fix", damaged],
    exitCode: 0,
    isRight: ({ requests }) => requests > 0 && requests <= 3,
  },
  {
    title: "where the clients are told to stay offline",
    argv: ["install", "-p", "test"],
    env: { HF_HUB_OFFLINE: "1" },
    exitCode: 0,
    isRight: asksNobody,
  },
  { title: "what is there now", argv: ["list"], exitCode: 0, isRight: asksNobody },
];

/** Turns one byte of the largest file around, and leaves its size as it was. */
async function damage({ dir }: Stage): Promise<void> {
  const blobs = join(dir, itsFolder, "blobs");
  const sizes = await Promise.all(
    (await readdir(blobs)).map(async (name) => ({ name, size: (await stat(join(blobs, name))).size })),
  );
  const [largest] = sizes.sort((one, other) => other.size - one.size);
  if (!largest) throw new Error(`${blobs} is empty`);
  const file = await open(join(blobs, largest.name), "r+");
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 1000);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 1000);
  } finally {
    await file.close();
  }
}
