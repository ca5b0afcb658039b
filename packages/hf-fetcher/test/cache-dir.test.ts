// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the form that Python expands
import type { Machine } from "@preload/core";
import { describe, expect, test } from "vitest";
import { hfHubCacheDir } from "../src/index.ts";

const linux: Machine = { platform: "linux", env: {}, home: "/home/ada", cwd: "/srv" };
const mac: Machine = { platform: "darwin", env: {}, home: "/Users/ada", cwd: "/srv" };
const windows: Machine = { platform: "win32", env: {}, home: "C:\\Users\\ada", cwd: "D:\\work" };

describe("the cache is where huggingface_hub looks", () => {
  // A contract with another program: constants.py of huggingface_hub. A difference here is a breaking change.
  test.each<[env: Machine["env"], dir: string, rule: string, machine?: Machine]>([
    [{}, "/home/ada/.cache/huggingface/hub", "default"],
    [{}, "/Users/ada/.cache/huggingface/hub", "default", mac],
    [{}, "C:\\Users\\ada\\.cache\\huggingface\\hub", "default", windows],
    [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/huggingface/hub", "XDG_CACHE_HOME"],
    [{ XDG_CACHE_HOME: "" }, "/srv/huggingface/hub", "XDG_CACHE_HOME"],
    [{ XDG_CACHE_HOME: "~/xdg" }, "/home/ada/xdg/huggingface/hub", "XDG_CACHE_HOME"],
    [{ HF_HOME: "/hf" }, "/hf/hub", "HF_HOME"],
    [{ HF_HOME: "/hf", XDG_CACHE_HOME: "/xdg" }, "/hf/hub", "HF_HOME"],
    [{ HF_HOME: "" }, "/srv/hub", "HF_HOME"],
    [{ HF_HOME: "models" }, "/srv/models/hub", "HF_HOME"],
    [{ HF_HOME: "~" }, "/home/ada/hub", "HF_HOME"],
    [{ HF_HOME: "~/hf" }, "/home/ada/hf/hub", "HF_HOME"],
    [{ HF_HOME: "~ada/hf", USER: "ada" }, "/home/ada/hf/hub", "HF_HOME"],
    [{ HF_HOME: "~root/hf" }, "/root/hf/hub", "HF_HOME"],
    [{ HF_HOME: "~root/hf" }, "/var/root/hf/hub", "HF_HOME", mac],
    [{ HF_HOME: "$DATA/hf", DATA: "/data" }, "/data/hf/hub", "HF_HOME"],
    [{ HF_HOME: "${DATA}/hf", DATA: "/data" }, "/data/hf/hub", "HF_HOME"],
    [{ HF_HOME: "/data/$NOTSET" }, "/data/$NOTSET/hub", "HF_HOME"],
    [{ HF_HOME: "/data/%DATA%", DATA: "x" }, "/data/%DATA%/hub", "HF_HOME"],
    [{ HUGGINGFACE_HUB_CACHE: "/old", HF_HOME: "/hf" }, "/old", "HUGGINGFACE_HUB_CACHE"],
    [{ HF_HUB_CACHE: "/hub", HUGGINGFACE_HUB_CACHE: "/old", HF_HOME: "/hf" }, "/hub", "HF_HUB_CACHE"],
    [{ HF_HUB_CACHE: "" }, "/srv", "HF_HUB_CACHE"],
    [{ HF_HUB_CACHE: "~/hub" }, "/home/ada/hub", "HF_HUB_CACHE"],
    [{ HF_HUB_CACHE: "$LATE", LATE: "~/hub" }, "/home/ada/hub", "HF_HUB_CACHE"],
    [{ HF_HUB_CACHE: "/hub/" }, "/hub", "HF_HUB_CACHE"],
    [{ TRANSFORMERS_CACHE: "/tf", SENTENCE_TRANSFORMERS_HOME: "/st" }, "/home/ada/.cache/huggingface/hub", "default"],
    [{ HF_HOME: "~/Library/hf" }, "/Users/ada/Library/hf/hub", "HF_HOME", mac],
    [{ HF_HOME: "%Data%\\hf", DATA: "E:\\data" }, "E:\\data\\hf\\hub", "HF_HOME", windows],
    [{ HF_HOME: "${DATA}\\hf", DATA: "E:\\data" }, "E:\\data\\hf\\hub", "HF_HOME", windows],
    [{ HF_HOME: "$DATA\\hf", DATA: "E:\\data" }, "E:\\data\\hf\\hub", "HF_HOME", windows],
    [{ HF_HOME: "~\\hf" }, "C:\\Users\\ada\\hf\\hub", "HF_HOME", windows],
    [{ HF_HOME: "~bob\\hf", USERNAME: "ada" }, "C:\\Users\\bob\\hf\\hub", "HF_HOME", windows],
    [{ XDG_CACHE_HOME: "E:\\xdg" }, "E:\\xdg\\huggingface\\hub", "XDG_CACHE_HOME", windows],
    [{ HF_HUB_CACHE: "hub" }, "D:\\work\\hub", "HF_HUB_CACHE", windows],
  ])("%j is %s by %s", (env, dir, rule, machine = linux) => {
    expect(hfHubCacheDir({ ...machine, env })).toEqual({ dir, rule });
  });
});

test("the home of somebody else is asked for in full", () => {
  expect(() => hfHubCacheDir({ ...linux, env: { HF_HOME: "~bob/hf" } })).toThrow("~bob");
});
