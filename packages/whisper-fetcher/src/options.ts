import { formatRef, PreloadError, type Ref } from "@preload/core";
import * as z from "zod";

/** What the config may say beside a whisper ref. */
export const schema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where a checkpoint is found that OpenAI does not publish"),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits in lower case")
    .optional()
    .describe("The SHA-256 of the checkpoint"),
  size: z.int().positive().optional().describe("Its size in bytes; asked of the server when left out"),
});

export type CheckpointOptions = z.infer<typeof schema>;

/** @throws PreloadError `BAD_CONFIG` naming the option */
export function parseOptions(ref: Ref): CheckpointOptions {
  const { success, data, error } = schema.safeParse(ref.options);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `  ${[...path, message].join(" ")}`);
  throw new PreloadError("BAD_CONFIG", [`${formatRef(ref)}: its options cannot be used`, ...problems].join("\n"), {
    hint: `A whisper ref takes ${Object.keys(schema.shape).join(", ")}.`,
  });
}
