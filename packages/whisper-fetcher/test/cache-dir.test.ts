import { describe, expect, test } from "vitest";
import { cacheDir } from "../src/cache-dir.ts";
import { whisper } from "../src/index.ts";
import { plain } from "./worlds.ts";

const windows = { ...plain, platform: "win32", home: "C:\\Users\\ada", cwd: "C:\\work" } as const;
const mac = { ...plain, platform: "darwin", home: "/Users/ada" } as const;

describe("the directory that whisper.load_model reads", () => {
  test.each([
    [plain, {}, "/home/ada/.cache/whisper", "default"],
    [plain, { XDG_CACHE_HOME: "/cache" }, "/cache/whisper", "XDG_CACHE_HOME"],
    [plain, { XDG_CACHE_HOME: "cache" }, "/srv/cache/whisper", "XDG_CACHE_HOME"],
    [plain, { XDG_CACHE_HOME: "" }, "/srv/whisper", "XDG_CACHE_HOME (set, but empty)"],
    [plain, { XDG_CACHE_HOME: "~/cache" }, "/srv/~/cache/whisper", "XDG_CACHE_HOME"],
    [plain, { XDG_CACHE_HOME: "$HOME/cache" }, "/srv/$HOME/cache/whisper", "XDG_CACHE_HOME"],
    [mac, {}, "/Users/ada/.cache/whisper", "default"],
    [mac, { XDG_CACHE_HOME: "/cache" }, "/cache/whisper", "XDG_CACHE_HOME"],
    [windows, {}, "C:\\Users\\ada\\.cache\\whisper", "default"],
    [windows, { XDG_CACHE_HOME: "D:\\cache" }, "D:\\cache\\whisper", "XDG_CACHE_HOME"],
    [windows, { XDG_CACHE_HOME: "" }, "C:\\work\\whisper", "XDG_CACHE_HOME (set, but empty)"],
  ])("on %o with %o is %s (%s)", (machine, env, dir, rule) => {
    expect(cacheDir({ ...machine, env })).toEqual({ dir, rule });
  });
});

describe("what a process needs to find the directory", () => {
  const cached = { ...plain, env: { XDG_CACHE_HOME: "/cache" } };
  test.each([
    ["nothing for the client's own", plain, undefined, {}],
    ["nothing for the client's own, by whatever rule", cached, "/cache/whisper", {}],
    ["a variable for another that is called whisper", plain, "/models/whisper", { XDG_CACHE_HOME: "/models" }],
    ["a variable for a relative one", plain, "models/whisper", { XDG_CACHE_HOME: "/srv/models" }],
    ["what no variable can say for any other name", plain, "/models/speech", {}],
  ])("is %s", (_, machine, dir, set) => {
    expect(whisper({ machine, dir }).environment).toEqual({ set, prepend: {}, offline: {} });
  });
});
