import { readFile } from "node:fs/promises";
import { mergeConfig } from "vitest/config";
import base from "../../vitest.base.ts";

const parser = "@actions/workflow-parser";

export default mergeConfig(base, {
  // GitHub's parser of workflows imports JSON in a form that Node 20 does not know, and names source maps that it lacks.
  test: { server: { deps: { inline: [parser] } } },
  plugins: [
    {
      name: "without-source-maps",
      enforce: "pre",
      load: async (id: string) =>
        id.includes(`/${parser}/`) && id.endsWith(".js")
          ? (await readFile(id, "utf8")).replace(/^\/\/# sourceMappingURL=.*$/m, "")
          : undefined,
    },
  ],
});
