import type { Machine } from "@preload/core";
import { describe, expect, test } from "vitest";
import { filePlaces, searchedPlaces } from "../src/index.ts";
import { builders, mac, plain, type Scheme, windows } from "./worlds.ts";

type Row = readonly [scheme: Scheme, machine: Machine, env: Record<string, string>, dir: string, rule: string];

describe("the directory of each client", () => {
  test.each<Row>([
    ["tiktoken", plain, {}, "/home/ada/.cache/tiktoken", "default"],
    ["tiktoken", plain, { XDG_CACHE_HOME: "/cache" }, "/cache/tiktoken", "XDG_CACHE_HOME"],
    ["tiktoken", plain, { XDG_CACHE_HOME: "cache" }, "/home/ada/.cache/tiktoken", "default"],
    ["tiktoken", plain, { TIKTOKEN_CACHE_DIR: "/t", DATA_GYM_CACHE_DIR: "/d" }, "/t", "TIKTOKEN_CACHE_DIR"],
    ["tiktoken", plain, { DATA_GYM_CACHE_DIR: "d" }, "/srv/d", "DATA_GYM_CACHE_DIR"],
    ["tiktoken", plain, { TIKTOKEN_CACHE_DIR: "~/t" }, "/srv/~/t", "TIKTOKEN_CACHE_DIR"],
    [
      "tiktoken",
      plain,
      { TIKTOKEN_CACHE_DIR: "", DATA_GYM_CACHE_DIR: "/d" },
      "/home/ada/.cache/tiktoken",
      "default (TIKTOKEN_CACHE_DIR is set, but empty)",
    ],
    ["tiktoken", mac, {}, "/Users/ada/.cache/tiktoken", "default"],
    ["tiktoken", windows, {}, "C:\\Users\\ada\\.cache\\tiktoken", "default"],
    ["tiktoken", windows, { TIKTOKEN_CACHE_DIR: "D:\\t" }, "D:\\t", "TIKTOKEN_CACHE_DIR"],
    ["nltk", plain, {}, "/home/ada/nltk_data", "default"],
    ["nltk", plain, { NLTK_DATA: "" }, "/home/ada/nltk_data", "default"],
    ["nltk", plain, { NLTK_DATA: "/n:/m" }, "/n", "NLTK_DATA"],
    ["nltk", plain, { NLTK_DATA: ":~/n" }, "/home/ada/n", "NLTK_DATA"],
    ["nltk", plain, { NLTK_DATA: "n" }, "/srv/n", "NLTK_DATA"],
    ["nltk", mac, {}, "/Users/ada/nltk_data", "default"],
    ["nltk", windows, {}, "C:\\Users\\ada\\nltk_data", "default"],
    ["nltk", windows, { NLTK_DATA: "D:\\n;E:\\n" }, "D:\\n", "NLTK_DATA"],
    ["torch", plain, {}, "/home/ada/.cache/torch", "default"],
    ["torch", plain, { XDG_CACHE_HOME: "/cache" }, "/cache/torch", "XDG_CACHE_HOME"],
    ["torch", plain, { XDG_CACHE_HOME: "" }, "/srv/torch", "XDG_CACHE_HOME (set, but empty)"],
    ["torch", plain, { XDG_CACHE_HOME: "~/c" }, "/home/ada/c/torch", "XDG_CACHE_HOME"],
    ["torch", plain, { TORCH_HOME: "~/t", XDG_CACHE_HOME: "/cache" }, "/home/ada/t", "TORCH_HOME"],
    ["torch", plain, { TORCH_HOME: "" }, "/srv", "TORCH_HOME (set, but empty)"],
    ["torch", plain, { TORCH_HOME: "~bob/t" }, "/srv/~bob/t", "TORCH_HOME"],
    ["torch", mac, {}, "/Users/ada/.cache/torch", "default"],
    ["torch", windows, {}, "C:\\Users\\ada\\.cache\\torch", "default"],
    ["torch", windows, { TORCH_HOME: "~\\t" }, "C:\\Users\\ada\\t", "TORCH_HOME"],
    ["ggml", plain, {}, "/home/ada/.cache/whisper.cpp", "default"],
    ["ggml", plain, { PRELOAD_GGML_DIR: "models" }, "/srv/models", "PRELOAD_GGML_DIR"],
    ["ggml", windows, {}, "C:\\Users\\ada\\.cache\\whisper.cpp", "default"],
    ["url", plain, {}, "/home/ada/.cache/preload/files", "default"],
    ["url", plain, { XDG_CACHE_HOME: "/cache" }, "/cache/preload/files", "XDG_CACHE_HOME"],
    ["url", plain, { PRELOAD_URL_DIR: "~/files" }, "/home/ada/files", "PRELOAD_URL_DIR"],
    ["url", mac, {}, "/Users/ada/.cache/preload/files", "default"],
    ["url", windows, {}, "C:\\Users\\ada\\.cache\\preload\\files", "default"],
  ])("%s on %o with %o is %s (%s)", (scheme, machine, env, dir, rule) => {
    expect(builders[scheme]({ machine: { ...machine, env } })).toMatchObject({ dir, dirRule: rule });
  });
});

describe("what a process needs to find the directory", () => {
  test.each([
    ["tiktoken", { set: { TIKTOKEN_CACHE_DIR: "/models" }, prepend: {}, offline: {} }],
    ["nltk", { set: {}, prepend: { NLTK_DATA: "/models" }, offline: {} }],
    ["torch", { set: { TORCH_HOME: "/models" }, prepend: {}, offline: {} }],
    ["ggml", { set: { PRELOAD_GGML_DIR: "/models" }, prepend: {}, offline: {} }],
    ["url", { set: { PRELOAD_URL_DIR: "/models" }, prepend: {}, offline: {} }],
  ] as const)("%s: %o", (scheme, environment) => {
    expect(builders[scheme]({ machine: plain, dir: "/models" }).environment).toEqual(environment);
  });
});

describe("where a client looks that nobody has told otherwise", () => {
  const dirs = (places: readonly { dir: string }[]) => places.map(({ dir }) => dir);

  test("tiktoken among the temporary files", () => {
    const at = (machine: Machine, env = {}) => dirs(searchedPlaces.tiktoken({ ...machine, env }));

    expect(at(plain)).toEqual(["/tmp/data-gym-cache"]);
    expect(at(plain, { TMPDIR: "/var/tmp" })).toEqual(["/var/tmp/data-gym-cache"]);
    expect(at(plain, { TIKTOKEN_CACHE_DIR: "" })).toEqual([]);
    expect(at(plain, { TIKTOKEN_CACHE_DIR: "/t" })).toEqual(["/t"]);
    expect(at(windows, { TEMP: "C:\\Temp" })).toEqual(["C:\\Temp\\data-gym-cache"]);
  });

  test("NLTK in its own folders, then in those of the user and of the system", () => {
    expect(dirs(searchedPlaces.nltk({ ...plain, env: { NLTK_DATA: "/n:~/m" } }))).toEqual([
      "/n",
      "/home/ada/m",
      "/home/ada/nltk_data",
      "/usr/share/nltk_data",
      "/usr/local/share/nltk_data",
      "/usr/lib/nltk_data",
      "/usr/local/lib/nltk_data",
    ]);
    expect(dirs(searchedPlaces.nltk({ ...windows, env: { APPDATA: "C:\\Users\\ada\\AppData\\Roaming" } }))).toEqual([
      "C:\\Users\\ada\\nltk_data",
      "C:\\Users\\ada\\AppData\\Roaming\\nltk_data",
      "C:\\nltk_data",
      "D:\\nltk_data",
      "E:\\nltk_data",
    ]);
  });

  test("and ours is the first of the places where a file may lie", () => {
    for (const scheme of Object.keys(builders) as Scheme[]) {
      expect(filePlaces[scheme](plain)[0]?.dir).toBe(builders[scheme]({ machine: plain }).dir);
    }
  });
});
