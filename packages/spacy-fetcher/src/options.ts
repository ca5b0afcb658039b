import { formatRef, PreloadError, type Ref } from "@preload/core";
import * as z from "zod";

/** What the config may say beside a spaCy ref. */
export const schema = z.strictObject({
  spacy: z.string().optional().describe("The spaCy version to choose the pipeline's version for, such as 3.8"),
});

export type PipelineOptions = z.infer<typeof schema>;

/** @throws PreloadError `BAD_CONFIG` naming the option */
export function parseOptions(ref: Ref): PipelineOptions {
  const { success, data, error } = schema.safeParse(ref.options);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `  ${[...path, message].join(" ")}`);
  throw new PreloadError("BAD_CONFIG", [`${formatRef(ref)}: its options cannot be used`, ...problems].join("\n"), {
    hint: `A spaCy ref takes ${Object.keys(schema.shape).join(", ")}.`,
  });
}
