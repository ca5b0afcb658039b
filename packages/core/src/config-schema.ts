import * as z from "zod";

/** What a person may write, with its short forms. Options of a model belong to its ecosystem and pass unread. */
const modelObject = z.looseObject({
  ref: z.string().describe("scheme:name or scheme:name@revision, or a name from `aliases`"),
  revision: z.string().optional().describe("A branch, tag, refs/pr/N or commit; for spaCy a version"),
  optional: z.boolean().optional().describe("Forgives a missing token or terms not accepted, never a network error"),
});

const model = z.union([z.string().describe("A ref, or a name from `aliases`"), modelObject]).describe("A model");

const models = z.array(model);

const profile = z.union([
  models,
  z.strictObject({
    extends: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe("Profiles whose models come first"),
    models: models.optional(),
  }),
]);

const ci = z.strictObject({
  budget: z
    .string()
    .regex(/^(?=.*[1-9])[0-9]+(\.[0-9]+)? *[kKmMgGtT]?i?[bB]?$/, "it is no size; for example 10 GB")
    .optional()
    .describe("What the models may take of its cache, 10 GB unless said"),
  granularity: z.enum(["model", "set"]).optional().describe("An entry for each model, or one for all of them"),
});

const strings = z.union([z.string(), z.array(z.string())]);

/** The config file, for the given ecosystems. */
export function configSchema(schemes: readonly string[]) {
  const section = z.looseObject({}).optional();
  return z.strictObject({
    $schema: z.string().optional(),
    profiles: z.record(z.string(), profile).optional().describe("Named lists of models"),
    models: models.optional().describe("A single list, for those who need no profiles"),
    default: strings.optional().describe("The profiles that are meant when none is named"),
    aliases: z.record(z.string(), model).optional().describe("Short names for models, with their options"),
    endpoints: z.record(z.string(), strings).optional().describe("Mirrors for each source, tried in order"),
    concurrency: z.int().min(1).max(128).optional().describe("Files at once, 8 unless said"),
    cacheRoot: z.string().optional().describe("One folder under which every cache lies"),
    runLog: z.boolean().optional().describe("Whether each run is remembered in the state directory; true unless said"),
    policy: z
      .strictObject({
        requireCommit: z.boolean().optional().describe("Every Hub model is pinned to a commit"),
        licenses: z.array(z.string()).optional().describe("The only licenses that are accepted"),
      })
      .optional(),
    ci: ci.optional().describe("How a CI keeps the models between its jobs"),
    ...Object.fromEntries(schemes.map((scheme) => [scheme, section.describe(`Settings for ${scheme}:`)])),
  });
}

export type WrittenModel = z.infer<typeof model>;
export type WrittenProfile = z.infer<typeof profile>;
export type WrittenConfig = z.infer<ReturnType<typeof configSchema>>;

/** The JSON Schema that editors complete from: the config, and for each scheme what may stand beside its refs. */
export function jsonSchemaOf(optionsOf: Readonly<Record<string, z.ZodType>>): object {
  const optionsByScheme = Object.entries(optionsOf).map(([scheme, options]) => {
    const { properties } = z.toJSONSchema(options, { io: "input" });
    // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword, and nothing here is awaited.
    return { if: { properties: { ref: { pattern: `^${scheme}:` } } }, then: { properties } };
  });
  return z.toJSONSchema(configSchema(Object.keys(optionsOf)), {
    io: "input",
    reused: "ref",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === modelObject) jsonSchema.allOf = optionsByScheme as typeof jsonSchema.allOf;
    },
  });
}
