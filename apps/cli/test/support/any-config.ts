import fc from "fast-check";
import { stringify } from "yaml";

export interface WrittenConfig {
  readonly name: string;
  readonly text: string;
}

/** A config that means these models, in any of the words in which one can be written. */
export function anyConfigOf(refs: readonly string[]): fc.Arbitrary<WrittenConfig> {
  const shuffled = fc.shuffledSubarray([...refs], { minLength: refs.length });
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      shuffled,
      names,
      cuts: fc.array(fc.nat(2), { minLength: refs.length, maxLength: refs.length }),
      others: anySettings(),
    })
    .chain(({ shuffled: models, names: profiles, cuts, others }) => {
      const lists = profiles.map((_, at) =>
        models.filter((_model, index) => (cuts[index] ?? 0) % profiles.length === at),
      );
      // The first list once more under another name: in YAML by a reference to it.
      const named = [...profiles.map((name, at) => [name, lists[at]]), ["once-more", lists[0]]];
      const said = { ...others, profiles: Object.fromEntries(named) };
      const keys = fc.shuffledSubarray(Object.entries(said), { minLength: Object.keys(said).length });
      return fc.tuple(keys, anyForm).map(([entries, form]) => form(Object.fromEntries(entries)));
    });
}

/** What a config may say beside its models, and which moves none of them. */
function anySettings(): fc.Arbitrary<object> {
  return fc.record(
    {
      concurrency: fc.integer({ min: 1, max: 128 }),
      aliases: fc.constantFrom({ mine: "whisper:base" }, { ours: { ref: "hf:org/other", optional: true } }),
      endpoints: fc.constantFrom(
        { hf: "https://mirror.example" },
        { whisper: ["https://a.example", "https://b.example"] },
      ),
      policy: fc.constant({ requireCommit: false }),
      ci: fc.constantFrom({ budget: "900 TB" }, { budget: "1000TB", granularity: "model" }),
      spacy: fc.constant({ version: "3.8" }),
    },
    { requiredKeys: ["ci"] },
  );
}

const anyForm: fc.Arbitrary<(config: object) => WrittenConfig> = fc.oneof(
  fc
    .record({
      comment: fc.stringMatching(/^[a-z #:]{0,30}$/),
      indent: fc.integer({ min: 1, max: 6 }),
      lines: fc.nat(3),
      aliasDuplicateObjects: fc.boolean(),
      mark: fc.constantFrom("", "\uFEFF"),
      newline: fc.constantFrom("\n", "\r\n"),
    })
    .map(({ comment, indent, lines, aliasDuplicateObjects, mark, newline }) => (config: object) => {
      const yaml = stringify(config, { indent, aliasDuplicateObjects });
      const text = `${mark}# ${comment}\n${"\n".repeat(lines)}${yaml}# ${comment}\n`;
      return { name: "preload.yaml", text: text.replaceAll("\n", newline) };
    }),
  fc
    .nat(8)
    .map((indent) => (config: object) => ({ name: "preload.json", text: JSON.stringify(config, undefined, indent) })),
  fc.constant((config: object) => ({
    name: "package.json",
    text: JSON.stringify({ name: "app", preload: config, scripts: {} }),
  })),
);
