import * as z from "zod";
import { metaUrl } from "./addresses.ts";
import { ask, type Source } from "./ask.ts";

const schema = z.object({
  license: z.string().optional(),
  requirements: z.array(z.string()).optional(),
  checksum_whl: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

/** What spacy-models says of one release of a pipeline. */
export interface Release {
  readonly license: string | undefined;
  /** Python packages the pipeline needs beside spaCy, as pip reads them. */
  readonly requirements: readonly string[];
  /** Of the wheel, in hexadecimal. Releases before 3.0 have none. */
  readonly sha256: string | undefined;
}

/** Undefined when there is no such release, or it was published without metadata. */
export async function fetchRelease(name: string, version: string, source: Source): Promise<Release | undefined> {
  const meta = await ask(metaUrl(name, version), schema, source);
  if (meta === undefined) return undefined;
  const { license, requirements = [], checksum_whl: sha256 } = meta;
  // Up to 3.7 some name spaCy itself, which whoever opens a pipeline has.
  const others = requirements.filter((requirement) => !/^spacy\s*([^\w.-]|$)/i.test(requirement));
  return { license: license || undefined, requirements: others, sha256 };
}
