import type { DemoOrigin } from "./start-demo-origin.ts";

/** The text of a `preload.yaml` that fetches the models of a demo origin. */
export function demoConfig({ endpoints, catalog }: Pick<DemoOrigin, "endpoints" | "catalog">): string {
  const checkpoints = catalog.whisper.map(({ name, sha256 }) => `    - ref: whisper:${name}\n      sha256: ${sha256}`);
  const sources = Object.entries(endpoints).map(([name, url]) => `  ${name}: ${url}`);
  return `# The models of the demo. They are a few kilobytes each, and in the formats of real ones.
profiles:
  test:
${checkpoints.join("\n")}
    - spacy:en_demo_core
    - hf:preload-demo/tiny-bart
  production:
    extends: test
    models:
      - hf:preload-demo/tiny-bart-sharded
      - ref: hf:preload-demo/tiny-led-bin
        weights: bin
      - ref: hf:preload-demo/tiny-sentence
        for: sentence-transformers
default: [test, production]
spacy: { version: "3.8" }
endpoints:
${sources.join("\n")}
`;
}
