import { PreloadError, parseRef, type Ref } from "@preload/core";
import * as z from "zod";
import { isCommit, isRevision } from "./repo.ts";
import { dtypes } from "./select/transformers-js.ts";

const list = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);

const pattern = z.string().min(1);
const refName = z.string().refine((name) => isRevision(name) && !isCommit(name), "is no name for a branch or tag");
const refText = z.string().refine(isRef, "is not a ref");

/** What may stand beside a ref of the Hub in a config. */
export const schema = z.strictObject({
  for: z
    .enum(["transformers", "sentence-transformers", "faster-whisper", "transformers.js", "gguf", "pyannote", "all"])
    .optional()
    .describe(
      "Who loads it. By default what the repository looks like, transformers in doubt; everything for datasets and spaces.",
    ),
  weights: z
    .enum(["auto", "safetensors", "bin"])
    .default("auto")
    .describe("The weight format. auto takes safetensors where there are any."),
  framework: z
    .enum(["pytorch", "tf", "flax"])
    .default("pytorch")
    .describe("Whose weights. tf and flax need transformers 4."),
  variant: z.string().min(1).optional().describe("As in from_pretrained(variant=…), for example fp16."),
  include: list(pattern).optional().describe("Exactly the files that match, in place of what `for` chooses."),
  exclude: list(pattern).optional().describe("Not the files that match."),
  alias: list(refName).optional().describe("Names under which the application asks for the commit, for example main."),
  code: z.boolean().default(false).describe("Also the Python code of the repository, which the loader would run."),
  dtype: list(z.enum(dtypes)).optional().describe("For transformers.js: which precisions. fp32 by default."),
  quant: list(pattern).optional().describe("For gguf: which quantizations, for example Q4_K_M."),
  file: list(pattern).optional().describe("For gguf: which files."),
  requires: list(refText).optional().describe("Other models that this one opens when it is loaded."),
});

export type HfOptions = z.output<typeof schema>;

/**
 * The options of a ref, with defaults.
 *
 * @throws PreloadError `BAD_CONFIG` naming the option
 */
export function parseOptions(ref: Ref, name: string): HfOptions {
  const parsed = schema.safeParse(ref.options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${describe(issue)}`);
  throw new PreloadError("BAD_CONFIG", [`${name}: its options are not understood`, ...problems].join("\n"), {
    hint: `The options are ${Object.keys(schema.shape).join(", ")}.`,
  });
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `${issue.keys.join(", ")}: there is no such option`;
  return `${issue.path.join(".")}: ${issue.message}`;
}

function isRef(text: string): boolean {
  try {
    parseRef(text);
    return true;
  } catch (error) {
    if (error instanceof PreloadError) return false;
    throw error;
  }
}
