import type { ZodType } from "zod";

/**
 * The JSON Schema of a config, for editors. Loads the validator.
 *
 * @param optionsOf for each scheme, the zod schema of what may stand beside its refs
 */
export async function configJsonSchema(optionsOf: Readonly<Record<string, ZodType>>): Promise<object> {
  const { jsonSchemaOf } = await import("./config-schema.ts");
  return jsonSchemaOf(optionsOf);
}
