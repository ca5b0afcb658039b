import { formatRef, PreloadError, type Ref } from "@preload/core";
import * as z from "zod";

const hex = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `must be ${digits} hexadecimal digits in lower case`);

const sha256 = hex(64).optional().describe("The SHA-256 of the file; the same may stand after an @ in the ref");
const size = z.int().positive().optional().describe("Its size in bytes; asked of the server when left out");
const license = z.string().min(1).optional().describe("As its publisher names it, for `policy.licenses`");

/** What the config may say beside a `url:` ref. */
export const urlSchema = z.strictObject({
  sha256,
  sha1: hex(40).optional().describe("Where no SHA-256 is published: the file is read once to lock it"),
  md5: hex(32).optional().describe("Where nothing better is published: the file is read once to lock it"),
  size,
  target: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Where it goes below the directory: `words/{name}`, with {host}, {path}, {name}, {sha1} and {md5} of the URL",
    ),
  unzip: z.boolean().optional().describe("Unpacks it; `target` is then the folder"),
  license,
});

/** What the config may say beside a `torch:` ref. */
export const torchSchema = z.strictObject({
  sha256,
  size,
  target: z.string().min(1).optional().describe("What the program passes as `file_name`"),
  license,
});

/** What the config may say beside a `tiktoken:` ref, for an encoding that is not in tiktoken's own table. */
export const tiktokenSchema = z.strictObject({ sha256, size, license });

/** Refs of `nltk:` and `ggml:` say all there is to say. */
export const noSchema = z.strictObject({});

/** @throws PreloadError `BAD_CONFIG` naming the option */
export function parseOptions<T extends z.ZodObject>(ref: Ref, schema: T): z.infer<T> {
  const { success, data, error } = schema.safeParse(ref.options);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `  ${[...path, message].join(" ")}`);
  const names = Object.keys(schema.shape);
  throw new PreloadError("BAD_CONFIG", [`${formatRef(ref)}: its options cannot be used`, ...problems].join("\n"), {
    hint: names.length === 0 ? `A ${ref.scheme} ref takes none.` : `A ${ref.scheme} ref takes ${names.join(", ")}.`,
  });
}
