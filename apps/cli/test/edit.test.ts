import { PreloadError } from "@preload/core";
import { describe, expect, test } from "vitest";
import { type Edit, editConfig } from "../src/edit/edit-config.ts";
import type { WrittenModel } from "../src/edit/place.ts";

const add = (model: WrittenModel, profile = "test"): Edit => ({ type: "add", profile, model });
const remove = (index: number, profile = "test"): Edit => ({ type: "remove", profile, index });

/** What `git diff` would show, without the lines that stay. */
function diff(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const gone = old.filter((line) => !now.includes(line)).map((line) => `-${line}`);
  return [...gone, ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`)];
}

const yaml = `# What this project needs.
profiles:
  test:                       # small ones
    # transcribes calls
    - whisper:tiny.en         # 75 MB
    - {ref: "hf:org/one",weights:   bin}

    # summaries
    - ref: hf:org/two
      revision: v1.0          # until they mend v1.1

  # everything else
  production:
    extends: [ test ]
  flow: [ "hf:org/a",hf:org/b ]   # b is the new a
spacy: {version: '3.8'}       # see pyproject.toml
`;

describe("a YAML config", () => {
  test.each<[what: string, edit: Edit, changed: string[]]>([
    ["gets a line at the end of a list", add("hf:org/three"), ["+    - hf:org/three"]],
    [
      "gets a model with options as a block",
      add({ ref: "hf:org/three", weights: "bin", include: ["*.json", "#x"] }),
      ["+    - ref: hf:org/three", "+      weights: bin", "+      include:", '+        - "*.json"', '+        - "#x"'],
    ],
    ["gets a list where a profile had none", add("hf:org/x", "production"), ["+    models:", "+      - hf:org/x"]],
    [
      "keeps a list between brackets there",
      add("hf:org/c", "flow"),
      [
        '-  flow: [ "hf:org/a",hf:org/b ]   # b is the new a',
        '+  flow: [ "hf:org/a",hf:org/b, hf:org/c ]   # b is the new a',
      ],
    ],
    ["gets a profile", add("hf:org/x", "night"), ["+  night:", "+    - hf:org/x"]],
    ["loses a line with its own comment, and no other", remove(0), ["-    - whisper:tiny.en         # 75 MB"]],
    [
      "loses a model with all its options",
      remove(2),
      ["-    - ref: hf:org/two", "-      revision: v1.0          # until they mend v1.1"],
    ],
    [
      "loses one between brackets",
      remove(0, "flow"),
      ['-  flow: [ "hf:org/a",hf:org/b ]   # b is the new a', "+  flow: [ hf:org/b ]   # b is the new a"],
    ],
    [
      "gets another revision in place of one",
      { type: "replace", path: ["profiles", "test", 2, "revision"], from: "v1.0", to: "v1.2" },
      [
        "-      revision: v1.0          # until they mend v1.1",
        "+      revision: v1.2          # until they mend v1.1",
      ],
    ],
  ])("%s", (_, edit, changed) => {
    expect(diff(yaml, editConfig(yaml, "preload.yaml", [edit]))).toEqual(changed);
  });

  test("that loses its last model says that there are none, and gets one again", () => {
    const text = "models: # all\n  # a bear\n  - hf:org/a # brown\n\ndefault: default\n";

    const empty = editConfig(text, "preload.yaml", [remove(0, "default")]);
    expect(empty).toBe("models: [] # all\n  # a bear\n\ndefault: default\n");
    expect(editConfig(empty, "preload.yaml", [add("hf:org/b", "default")])).toContain("models: [hf:org/b] # all");
  });

  test("that is empty, or all comments, gets a list", () => {
    expect(editConfig("", "preload.yaml", [add("hf:org/a", "default")])).toBe("models:\n  - hf:org/a\n");
    expect(editConfig("# later\n", "preload.yaml", [add("hf:org/a", "night")])).toBe(
      "# later\nprofiles:\n  night:\n    - hf:org/a\n",
    );
    expect(editConfig("spacy: { version: '3.8' }", "preload.yaml", [add("hf:org/a", "default")])).toBe(
      "spacy: { version: '3.8' }\nmodels:\n  - hf:org/a",
    );
  });

  test("keeps the line ends of Windows", () => {
    expect(
      editConfig("models:\r\n- hf:org/a\r\n", "preload.yaml", [add({ ref: "hf:org/b", weights: "bin" }, "default")]),
    ).toBe("models:\r\n- hf:org/a\r\n- ref: hf:org/b\r\n  weights: bin\r\n");
  });

  test("whose list stands elsewhere is left alone, and the lines to write are named", () => {
    const text = "profiles:\n  one: &all\n    - hf:org/a\n  test: *all\n";

    const edited = () => editConfig(text, "preload.yaml", [add({ ref: "hf:org/b", weights: "bin" })]);

    expect(edited).toThrow(PreloadError);
    expect(edited).toThrow("to the models of test, add\n    - ref: hf:org/b\n      weights: bin");
  });
});

const packageJson = `{
\t"name": "app",
\t"preload": {
\t\t"profiles": {
\t\t\t"test": [
\t\t\t\t"hf:org/a",
\t\t\t\t{ "ref": "hf:org/b", "weights": "bin" }
\t\t\t],
\t\t\t"production": { "extends": "test" },
\t\t\t"one": ["hf:org/a"]
\t\t}
\t},
\t"version": "1.0.0"
}
`;

describe("package.json", () => {
  test.each<[what: string, edit: Edit, changed: string[]]>([
    [
      "gets a line, and a comma before it",
      add("hf:org/c"),
      [
        '-\t\t\t\t{ "ref": "hf:org/b", "weights": "bin" }',
        '+\t\t\t\t{ "ref": "hf:org/b", "weights": "bin" },',
        '+\t\t\t\t"hf:org/c"',
      ],
    ],
    [
      "gets a list where a profile had none",
      add({ ref: "hf:org/c", code: true }, "production"),
      [
        '-\t\t\t"production": { "extends": "test" },',
        '+\t\t\t"production": { "extends": "test", "models": [{ "ref": "hf:org/c", "code": true }] },',
      ],
    ],
    ["loses the first", remove(0), ['-\t\t\t\t"hf:org/a",']],
    [
      "loses the last, and the comma before it",
      remove(1),
      ['-\t\t\t\t"hf:org/a",', '-\t\t\t\t{ "ref": "hf:org/b", "weights": "bin" }', '+\t\t\t\t"hf:org/a"'],
    ],
    ["loses the only one", remove(0, "one"), ['-\t\t\t"one": ["hf:org/a"]', '+\t\t\t"one": []']],
  ])("%s", (_, edit, changed) => {
    expect(diff(packageJson, editConfig(packageJson, "/app/package.json", [edit]))).toEqual(changed);
  });

  test("that names no model yet gets a list", () => {
    const edited = editConfig('{"preload": {}}\n', "package.json", [add("hf:org/a", "default")]);

    expect(edited).toBe('{"preload": { "models": ["hf:org/a"] }}\n');
  });
});

const pyproject = `[project]
name = "app"   # ours

[tool.preload]
default = ["test"]

[tool.preload.profiles]
test = [
  "whisper:tiny.en",   # calls
  { ref = "hf:org/a", weights = "bin" },
]
night = ["hf:org/n"]
production = { extends = "test" }   # and no more

[tool.preload.profiles.large]
extends = "test"

# the linter
[tool.ruff]
line-length = 120
`;

describe("pyproject.toml", () => {
  test.each<[what: string, edit: Edit, changed: string[]]>([
    ["gets a line, with a comma like the others", add("hf:org/b"), ['+  "hf:org/b",']],
    [
      "gets one more on the same line",
      add({ ref: "hf:org/b", code: true }, "night"),
      ['-night = ["hf:org/n"]', '+night = ["hf:org/n", { ref = "hf:org/b", code = true }]'],
    ],
    ["gets a list under a header", add("hf:org/b", "large"), ['+models = ["hf:org/b"]']],
    [
      "gets a list between braces",
      add("hf:org/b", "production"),
      [
        '-production = { extends = "test" }   # and no more',
        '+production = { extends = "test", models = ["hf:org/b"] }   # and no more',
      ],
    ],
    ["loses a line with its comment", remove(0), ['-  "whisper:tiny.en",   # calls']],
    ["loses the last line", remove(1), ['-  { ref = "hf:org/a", weights = "bin" },']],
  ])("%s", (_, edit, changed) => {
    expect(diff(pyproject, editConfig(pyproject, "/app/pyproject.toml", [edit]))).toEqual(changed);
  });
});

test("preload.toml with a table for each model gets one more table", () => {
  const text = '[[models]]\nref = "hf:org/a"\n# brown\n\n[spacy]\nversion = "3.8"\n';

  const edited = editConfig(text, "preload.toml", [add({ ref: "hf:org/b", weights: "bin" }, "default")]);

  expect(edited).toBe(
    '[[models]]\nref = "hf:org/a"\n\n[[models]]\nref = "hf:org/b"\nweights = "bin"\n# brown\n\n[spacy]\nversion = "3.8"\n',
  );
});

test("in a list of tables, a model without options is a table, too", () => {
  const text = '[[models]]\nref = "hf:org/a"\n';

  const edited = editConfig(text, "preload.toml", [add("hf:org/b", "default")]);

  expect(edited).toBe('[[models]]\nref = "hf:org/a"\n\n[[models]]\nref = "hf:org/b"\n');
  expect(editConfig(edited, "preload.toml", [remove(0, "default")])).toBe('\n[[models]]\nref = "hf:org/b"\n');
});

test("a comment behind the comma stays with the model before it", () => {
  const text = 'models = [ "hf:org/a", # brown\n  "hf:org/b" ]\n';

  const edited = editConfig(text, "preload.toml", [remove(1, "default")]);

  expect(edited).toBe('models = [ "hf:org/a" # brown\n   ]\n');
});

test("brackets that hold nothing any more are closed", () => {
  const text = '{\n  "models": [\n    "hf:org/a"\n  ]\n}\n';

  expect(editConfig(text, "preload.json", [remove(0, "default")])).toBe('{\n  "models": []\n}\n');
});

test("a TOML file that begins with a header has no place for more, and says what to write", () => {
  const edited = () => editConfig('[spacy]\nversion = "3.8"\n', "preload.toml", [add("hf:org/a", "default")]);

  expect(edited).toThrow('to the models of default, add\n    "hf:org/a",');
});
