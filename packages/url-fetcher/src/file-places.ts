import type { Machine } from "@preload/core";
import { type CacheDir, expandUser, pathOf } from "./cache-dir.ts";
import { ggmlClient } from "./ggml.ts";
import { nltkClient } from "./nltk.ts";
import { tiktokenClient } from "./tiktoken.ts";
import { torchClient } from "./torch.ts";
import { urlClient } from "./url.ts";

type Places = (machine: Machine) => readonly CacheDir[];

/** Where a client looks that is started on this machine as it is. Those of whisper.cpp's models and of `url:` are told. */
export const searchedPlaces: Readonly<Record<"tiktoken" | "nltk" | "torch", Places>> = {
  tiktoken(machine) {
    const { TIKTOKEN_CACHE_DIR: dir = machine.env.DATA_GYM_CACHE_DIR } = machine.env;
    if (dir === undefined) return [tiktokensOwn(machine)];
    return dir === "" ? [] : [tiktokenClient.cacheDir(machine)];
  },
  nltk: nltkPath,
  torch: (machine) => [torchClient.cacheDir(machine)],
};

/** Where files of each kind may lie on this machine, the place that we would choose first. They need not exist. */
export const filePlaces: Readonly<Record<"tiktoken" | "nltk" | "torch" | "ggml" | "url", Places>> = {
  tiktoken: (machine) => [tiktokenClient.cacheDir(machine), tiktokensOwn(machine)],
  nltk: (machine) => [nltkClient.cacheDir(machine), ...nltkPath(machine)],
  torch: (machine) => [torchClient.cacheDir(machine)],
  ggml: (machine) => [ggmlClient.cacheDir(machine)],
  url: (machine) => [urlClient.cacheDir(machine)],
};

/** Where tiktoken keeps files when nobody tells it otherwise: as Python's `tempfile.gettempdir()` has it. */
function tiktokensOwn(machine: Machine): CacheDir {
  const { env, platform, cwd } = machine;
  const { join, resolve } = pathOf(machine);
  const system = platform === "win32" ? "C:\\TEMP" : "/tmp";
  const temp = [env.TMPDIR, env.TEMP, env.TMP].find((dir) => dir) ?? system;
  return { dir: join(resolve(cwd, temp), "data-gym-cache"), rule: "tiktoken's default" };
}

/** The other folders that `nltk.data.find` goes through, but those of one environment of Python's. */
function nltkPath(machine: Machine): CacheDir[] {
  const { env, platform, home, cwd } = machine;
  const { join, resolve } = pathOf(machine);
  const named = (env.NLTK_DATA ?? "").split(platform === "win32" ? ";" : ":").filter((entry) => entry !== "");
  const roots =
    platform === "win32" ? ["C:\\", "D:\\", "E:\\"] : ["/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib"];
  const appData = platform === "win32" && env.APPDATA ? [env.APPDATA] : [];
  return [
    ...named.map((entry) => ({ dir: resolve(cwd, expandUser(entry, machine)), rule: "NLTK_DATA" })),
    ...[home, ...appData, ...roots].map((root) => ({ dir: join(root, "nltk_data"), rule: "NLTK's search path" })),
  ];
}
