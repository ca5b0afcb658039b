import { addressesOf, getFirst, PreloadError, refusedBy } from "@preload/core";
import sax from "sax";
import * as z from "zod";
import type { Source } from "./file-fetcher.ts";
import { nltkBase } from "./nltk.ts";

const packageSchema = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  /** The folder it belongs to: `tokenizers`, `corpora`. */
  subdir: z.string().regex(/^[a-z_]+$/),
  size: z.coerce.number().int().positive(),
  /** Whether NLTK reads it unpacked. */
  unzip: z.enum(["0", "1"]).transform((flag) => flag === "1"),
  /** The md5, which older indexes have alone. */
  checksum: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  sha256_checksum: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  license: z.string().optional(),
});

/** What the index says of a package. */
export type NltkPackage = z.infer<typeof packageSchema>;

/** Reads the index of NLTK's data, at the first address that has it. @throws PreloadError `BAD_ANSWER` and network codes */
export async function fetchIndex(source: Source): Promise<readonly NltkPackage[]> {
  const url = `${nltkBase}index.xml`;
  const answer = await getFirst(source.http, addressesOf(url, source.mirrors), { signal: source.signal });
  if (answer.status !== 200) throw refusedBy(answer, url, "nltk");
  return packagesIn(new TextDecoder().decode(answer.body), url);
}

/** The one place that knows the XML library. */
function packagesIn(text: string, url: string): readonly NltkPackage[] {
  const elements: Record<string, unknown>[] = [];
  const reader = sax.parser(true);
  reader.onopentag = ({ name, attributes }) => {
    if (name === "package") elements.push(attributes);
  };
  // Else the last error, of a document that breaks off, would be kept and not told.
  reader.onerror = (error) => {
    throw error;
  };
  try {
    reader.write(text).close();
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    throw new PreloadError("BAD_ANSWER", `${url} is no index of NLTK's data: ${why}`, {
      hint: "A login page or a proxy may stand in between.",
    });
  }
  return elements.map((element) => {
    const { success, data, error } = packageSchema.safeParse(element);
    if (success) return data;
    const [issue] = error.issues;
    throw new PreloadError("BAD_ANSWER", `${url}: ${element.id}: ${issue?.path.join(".")}: ${issue?.message}`);
  });
}
