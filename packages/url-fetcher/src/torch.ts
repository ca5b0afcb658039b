import { type Fetcher, formatRef, PreloadError, type Ref, safePath } from "@preload/core";
import { addressOf, baseName, isAddress, refuseNoDigest } from "./address.ts";
import { type CacheDir, expandUser, pathOf } from "./cache-dir.ts";
import { type FileClient, type FileFetcherOptions, fileFetcher, mirrorsOf } from "./file-fetcher.ts";

/** Where torchvision's and torchaudio's weights are published, and what a bare name is short for. */
const torchBase = "https://download.pytorch.org/";

/**
 * What torch.hub.load_state_dict_from_url opens: `<TORCH_HOME>/hub/checkpoints/<file_name, or the URL's base name>`.
 * A file that is there is used, and never checked again.
 */
export const torchClient: FileClient = {
  name: "torch",
  /** `os.path.expanduser(os.getenv("TORCH_HOME", os.path.join(os.getenv("XDG_CACHE_HOME", "~/.cache"), "torch")))` */
  cacheDir(machine): CacheDir {
    const { join, resolve } = pathOf(machine);
    const { TORCH_HOME: home, XDG_CACHE_HOME: xdg } = machine.env;
    const place = (written: string) => resolve(machine.cwd, expandUser(written, machine));
    if (home !== undefined) return { dir: place(home), rule: `TORCH_HOME${home === "" ? " (set, but empty)" : ""}` };
    if (xdg === undefined) return { dir: join(machine.home, ".cache", "torch"), rule: "default" };
    return { dir: place(join(xdg, "torch")), rule: `XDG_CACHE_HOME${xdg === "" ? " (set, but empty)" : ""}` };
  },
  environment: (dir) => ({ set: { TORCH_HOME: dir } }),
  mirrors: (endpoints) => mirrorsOf(torchBase, endpoints),
  refuseBad(ref) {
    if (isAddress(ref)) addressOf(ref);
    else if (!/^[\w.+-]+$/.test(ref.name)) throw noName(ref);
    refuseNoDigest(ref);
  },
  owns(ref) {
    const owned = checkpointPath(ref);
    return (path) => path === owned;
  },
  resolve: async (ref, source) => (await import("./resolve-torch.ts")).resolveTorch(ref, source),
};

/** What torch.hub wants: a checkpoint under the name its address ends with. */
export function torch(options: FileFetcherOptions = {}): Fetcher {
  return fileFetcher(torchClient, options);
}

/** The zod schema of what the config may say beside a `torch:` ref. Loads the validator. */
export async function torchOptions(): Promise<typeof import("./options.ts").torchSchema> {
  return (await import("./options.ts")).torchSchema;
}

/** Where a checkpoint lies, relative to TORCH_HOME. */
export function checkpointPath(ref: Ref): string {
  const { target } = ref.options;
  const file = typeof target === "string" ? target : baseName(checkpointUrl(ref));
  if (file.includes("/")) {
    throw new PreloadError("BAD_CONFIG", `${formatRef(ref)}: its target ${JSON.stringify(file)} is no file name`);
  }
  return `hub/checkpoints/${safePath(file, "win32")}`;
}

export function checkpointUrl(ref: Ref): string {
  return isAddress(ref) ? addressOf(ref) : `${torchBase}models/${ref.name}`;
}

function noName(ref: Ref): PreloadError {
  return new PreloadError(
    "BAD_REF",
    `${formatRef(ref)}: ${JSON.stringify(ref.name)} is neither an address nor a file name`,
    {
      hint: "Write torch:resnet18-f37072fd.pth, or torch: and the address that the program passes.",
    },
  );
}
