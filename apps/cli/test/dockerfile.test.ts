import { type Copy, DockerfileParser, type Label } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { userIn, withParts } from "../src/docker/dockerfile.ts";
import { unprovenUser } from "../src/docker/last-user.ts";
import { defaults } from "../src/docker/recipe.ts";
import { finalPart, stages } from "../src/docker/stages.ts";

const recipe = {
  ...defaults,
  version: "1.0.0",
  layers: [{ ref: "hf:a/b", folder: "hf-a--b" }],
  files: ["preload.yaml", "preload.lock"] as const,
  environment: 'ENV A="1"\n',
  lockDigest: "sha256:0",
};
const parts = { stages: stages(recipe), models: finalPart(recipe), head: "preload docker --user 1000:1000" };
const stagesBlock = `# >>> preload: stages (${parts.head})\n${parts.stages}# <<< preload: stages\n`;
const modelsBlock = `# >>> preload: models (${parts.head})\n${parts.models}# <<< preload: models\n`;
const written = (text: string) => withParts(text, parts, "Dockerfile");

/** The text with each block as one word. */
function shown(text: string): string {
  return text.replace(stagesBlock, "STAGES\n").replace(modelsBlock, "MODELS\n");
}

describe("a Dockerfile of any kind gets its blocks where they are to be, and is a right one", () => {
  test.each<[string, string, string]>([
    [
      "text of other files in it",
      "FROM a:1\nRUN <<EOF\nUSER 7\nFROM nothing\nEOF\nCMD x\n",
      "STAGES\n\nFROM a:1\nRUN <<EOF\nUSER 7\nFROM nothing\nEOF\nMODELS\n\nCMD x\n",
    ],
    [
      "two texts, one of them quoted",
      "FROM a:1\nCOPY <<one <<'two' /x/\nFROM b\none\nCMD x\ntwo\n",
      "STAGES\n\nFROM a:1\nCOPY <<one <<'two' /x/\nFROM b\none\nCMD x\ntwo\nMODELS\n",
    ],
    [
      "steps for others that begin with it",
      "FROM a:1\nONBUILD USER 7\nONBUILD RUN x\nCMD x\n",
      "STAGES\n\nFROM a:1\nONBUILD USER 7\nONBUILD RUN x\nMODELS\n\nCMD x\n",
    ],
    [
      "directives",
      "# syntax=docker/dockerfile:1\n# escape=\\\n# check=skip=all\n# mine\nFROM a:1\n",
      "# syntax=docker/dockerfile:1\n# escape=\\\n# check=skip=all\nSTAGES\n\n# mine\nFROM a:1\nMODELS\n",
    ],
    [
      "the program that runs it",
      "#!/usr/bin/env -S docker build -f\n# syntax=docker/dockerfile:1\nFROM a:1\n",
      "#!/usr/bin/env -S docker build -f\n# syntax=docker/dockerfile:1\nSTAGES\n\nFROM a:1\nMODELS\n",
    ],
    [
      "a comment within a step",
      'FROM a:1\nRUN x \\\n# why\n && y\nENTRYPOINT [\\\n "x"]',
      'STAGES\n\nFROM a:1\nRUN x \\\n# why\n && y\nMODELS\n\nENTRYPOINT [\\\n "x"]',
    ],
    [
      "steps that begin further in",
      "  FROM a:1\n\tUSER 3\n\tCMD x\n",
      "STAGES\n\n  FROM a:1\n\tUSER 3\nMODELS\n\n\tCMD x\n",
    ],
    [
      "several final stages",
      "FROM a:1 AS base\nFROM base AS dev\nCMD x\nFROM base AS prod\nCMD y\n",
      "FROM a:1 AS base\nFROM base AS dev\nCMD x\nSTAGES\n\nFROM base AS prod\nMODELS\n\nCMD y\n",
    ],
    [
      "variables",
      "ARG BASE=a\nFROM --platform=$TARGETPLATFORM $BASE AS x\nRUN y\n",
      "ARG BASE=a\nSTAGES\n\nFROM --platform=$TARGETPLATFORM $BASE AS x\nRUN y\nMODELS\n",
    ],
  ])("%s", (_, text, expected) => {
    const after = written(text);

    expect(shown(after)).toBe(expected);
    expect(validate(after)).toEqual(validate(text));
    expect(written(after)).toBe(after);
  });

  test("in small letters, and of Windows", () => {
    const text = "from a:1 as x\r\nuser 5\r\nfrom x\r\ncmd y\r\n";

    const after = written(text);

    expect(shown(after.replaceAll("\r\n", "\n"))).toBe("from a:1 as x\nuser 5\nSTAGES\n\nfrom x\nMODELS\n\ncmd y\n");
    expect([userIn(text, ""), after.replaceAll("\r\n", "").includes("\n")]).toEqual(["5", false]);
    expect(written(after)).toBe(after);
  });
});

describe("whatever is chosen, a parser finds nothing wrong", () => {
  const sources = ["fetch", "context", `registry.example:5000/team/models@sha256:${"a".repeat(64)}`] as const;
  const odd = ['hf:a/"b"', "url:https://example.com/$HOME/a\\b?c=#d", "hf:org/name@v1 ", "spacy:en_core_web_sm"];
  const layersOf = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ ref: `${odd[at % odd.length]}${at}`, folder: `layer-${at}` }));
  const chosen = [0, 1, 4, 90, 91, 300].flatMap((count) =>
    sources.flatMap((source) =>
      (["buildkit", "buildah"] as const).flatMap((flavor) =>
        ["/models", "/opt/models"].map((to) => ({ count, source, flavor, to })),
      ),
    ),
  );

  test.each(chosen)("$count models, $source, $flavor, $to", ({ count, ...choices }) => {
    const layers = layersOf(count);
    const whole = {
      ...recipe,
      ...choices,
      layers,
      user: { uid: 0, gid: 7 },
      profile: ["a", "b-c.d"],
      only: ["hf", "url"],
    };
    const made = { stages: stages(whole), models: finalPart(whole), head: "preload docker" };

    const text = withParts("FROM a:1\nRUN x\nCMD y\n", made, "Dockerfile");

    expect(validate(text)).toEqual([]);
    expect(withParts(text, made, "Dockerfile")).toBe(text);
    const file = DockerfileParser.parse(text);
    const froms = (step: Copy) =>
      step
        .getFlags()
        .find((flag) => flag.getName() === "from")
        ?.getValue();
    const copied = file.getCOPYs().filter((step) => froms(step) === "preload-models");
    expect(copied.length).toBe(Math.min(count, 90));
    const folders = copied.flatMap((step) =>
      step
        .getArguments()
        .slice(0, -1)
        .map((one) => one.getValue()),
    );
    expect(folders).toEqual(layers.map(({ folder }) => `/layers/${folder}/`));
    const [label] = file.getInstructions().filter((step) => step.getKeyword() === "LABEL");
    const said = (label as Label).getProperties();
    const refs = layers.map(({ ref }) => ref).sort();
    expect(said[0]?.getName()).toBe("dev.preload.models");
    // Between quotes docker reads `\$` as a dollar sign, which the parser leaves to it.
    expect(said[0]?.getValue()?.replaceAll("\\$", "$")).toBe(count === 0 ? "none" : refs.join(" "));
  });
});

describe("blocks that a person has moved", () => {
  const twoImages = (prod: string, test: string) =>
    `${stagesBlock}\nFROM a:1 AS prod\n${prod}CMD x\nFROM prod AS test\n${test}`;

  test("stay where they are, also in a stage that is not the final one", () => {
    const text = twoImages(`${modelsBlock}\n`, "RUN pytest\n");

    expect(written(text)).toBe(text);
    expect(written(text.replace('ENV A="1"\n', ""))).toBe(text);
  });

  test("of models alone: the stages are put above the stage that has them", () => {
    const text = twoImages(`${modelsBlock}\n`, "RUN pytest\n");

    expect(written(text.replace(`${stagesBlock}\n`, ""))).toBe(text);
  });

  test.each<[string, string, RegExp]>([
    [
      "the stages behind the models",
      `FROM a:1\n${modelsBlock}\nFROM b:1\n${stagesBlock}`,
      /is not above the stage that has/,
    ],
    [
      "the stages into the stage of the models",
      `FROM a:1\n${stagesBlock}\n${modelsBlock}`,
      /is not above the stage that has/,
    ],
    ["the models above all stages", `${modelsBlock}\n${stagesBlock}\nFROM a:1\n`, /is not above the stage that has/],
    [
      "the models into the stages",
      stagesBlock.replace("RUN npm", `${modelsBlock}RUN npm`).concat("FROM a:1\n"),
      /overlap/,
    ],
    [
      "one end behind the other",
      `${stagesBlock.replace("# <<< preload: stages\n", "")}FROM a:1\n${modelsBlock.replace("# <<<", "# <<< preload: stages\n# <<<")}`,
      /overlap/,
    ],
    [
      "the end of the models behind what is run",
      `${stagesBlock}\nFROM a:1\n${modelsBlock.replace("# <<<", 'CMD ["x"]\n# <<<')}`,
      /holds CMD \["x"\], which is not preload's/,
    ],
    [
      "the end of the models behind another copy",
      `${stagesBlock}\nFROM a:1\n${modelsBlock.replace("# <<<", "COPY . /srv\n# <<<")}`,
      /holds COPY \. \/srv, /,
    ],
    [
      "the end of the models into the next stage",
      `${stagesBlock}\nFROM a:1\n${modelsBlock.replace("# <<<", "FROM b:1\n# <<<")}`,
      /holds FROM b:1, /,
    ],
    [
      "the end of the stages behind another one",
      `${stagesBlock.replace("# <<<", "FROM a:1 AS mine\n# <<<")}\nFROM b:1\n${modelsBlock}`,
      /holds FROM a:1 AS mine, /,
    ],
    ["a second one", `${stagesBlock}\n${stagesBlock}\nFROM a:1\n${modelsBlock}`, /"preload: stages" is there twice/],
    [
      "an end away",
      `${stagesBlock}\nFROM a:1\n${modelsBlock.replace("# <<< preload: models\n", "")}`,
      /has lost one of its markers/,
    ],
  ])("are refused where nothing good would come of it: %s", (_, text, message) => {
    expect(() => written(text)).toThrow(message);
  });
});

describe("the user of an image", () => {
  const proven = (text: string) => unprovenUser(written(text), { uid: 1000, gid: 1000 }, "Dockerfile");
  const moved = (behind: string) => `${stagesBlock}\nFROM a:1 AS prod\n${modelsBlock}\n${behind}`;

  test.each([
    ["a final stage that begins with that of the models, and changes nothing", "FROM prod\nCMD x\n", undefined],
    ["one that names the same user", "FROM prod\nUSER 0\nRUN x\nUSER 1000\n", undefined],
    ["one with another beginning", "FROM b:1\nUSER 0\n", undefined],
    [
      "one with another user",
      "FROM prod\nUSER 7:8\n",
      "the final stage, which begins with theirs, says USER 7:8, for whom",
    ],
    ["one at the second remove", "FROM prod AS more\nUSER root\nFROM more\nCMD x\n", "says USER root, for whom"],
    ["one with a name", "FROM Prod\nUSER app\n", "says USER app, for whom"],
  ])("is looked at in %s", (_, behind, words) => {
    const why = proven(moved(behind));

    if (words === undefined) expect(why).toBe(undefined);
    else expect(why).toContain(words);
  });
});
