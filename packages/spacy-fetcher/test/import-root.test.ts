import { expect, test } from "vitest";
import { importRoot } from "../src/import-root.ts";
import { plain } from "./worlds.ts";

const windows = { ...plain, platform: "win32", home: "C:\\Users\\ada", cwd: "C:\\work" } as const;
const mac = { ...plain, platform: "darwin", home: "/Users/ada" } as const;

test.each([
  [plain, {}, "/home/ada/.local/share/spacy", "default"],
  [plain, { XDG_DATA_HOME: "/data" }, "/data/spacy", "XDG_DATA_HOME"],
  [plain, { XDG_DATA_HOME: "" }, "/home/ada/.local/share/spacy", "default"],
  [plain, { XDG_DATA_HOME: "data" }, "/home/ada/.local/share/spacy", "default"],
  [mac, {}, "/Users/ada/.local/share/spacy", "default"],
  [mac, { XDG_DATA_HOME: "/data" }, "/data/spacy", "XDG_DATA_HOME"],
  [windows, {}, "C:\\Users\\ada\\AppData\\Local\\spacy", "default"],
  [windows, { LOCALAPPDATA: "D:\\Local" }, "D:\\Local\\spacy", "LOCALAPPDATA"],
  [windows, { XDG_DATA_HOME: "D:\\data", LOCALAPPDATA: "D:\\Local" }, "D:\\data\\spacy", "XDG_DATA_HOME"],
])("the import root on %o with %o is %s (%s)", (machine, env, dir, rule) => {
  expect(importRoot({ ...machine, env })).toEqual({ dir, rule });
});
