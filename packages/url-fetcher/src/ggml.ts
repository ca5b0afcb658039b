import { type Fetcher, formatRef, PreloadError, type Ref } from "@preload/core";
import { expandUser, inUserCache, pathOf } from "./cache-dir.ts";
import { type FileClient, type FileFetcherOptions, fileFetcher, mirrorsOf } from "./file-fetcher.ts";

/** The Hub, which whisper.cpp's own script fetches from. */
export const hubBase = "https://huggingface.co/";

/** What whisper.cpp opens is whatever path it is given (`-m`); ours is `$PRELOAD_GGML_DIR/ggml-<model>.bin`. */
export const ggmlClient: FileClient = {
  name: "ggml",
  cacheDir(machine) {
    const { PRELOAD_GGML_DIR: dir } = machine.env;
    if (!dir) return inUserCache(machine, "whisper.cpp");
    return { dir: pathOf(machine).resolve(machine.cwd, expandUser(dir, machine)), rule: "PRELOAD_GGML_DIR" };
  },
  environment: (dir) => ({ set: { PRELOAD_GGML_DIR: dir } }),
  mirrors(endpoints, { env }) {
    const { HF_ENDPOINT: hub } = env;
    return mirrorsOf(hubBase, endpoints.length > 0 || !hub ? endpoints : [`${hub.replace(/\/+$/, "")}/`]);
  },
  refuseBad(ref) {
    if (/^[a-z0-9][\w.-]*$/.test(ref.name) && /^[\w./-]+$/.test(ref.revision ?? "main")) return;
    throw new PreloadError("BAD_REF", `${formatRef(ref)} is no model of whisper.cpp`, {
      hint: "Write ggml:base.en, or ggml:base.en@<commit> for the file as it was.",
    });
  },
  owns: (ref) => {
    const owned = ggmlFile(ref);
    return (path) => path === owned;
  },
  resolve: async (ref, source) => (await import("./resolve-ggml.ts")).resolveGgml(ref, source),
};

/** What whisper.cpp wants: `ggml-<model>.bin`, under a path that the program is given. */
export function ggml(options: FileFetcherOptions = {}): Fetcher {
  return fileFetcher(ggmlClient, options);
}

/** The zod schema of what the config may say beside a `ggml:` ref: nothing. Loads the validator. */
export async function ggmlOptions(): Promise<typeof import("./options.ts").noSchema> {
  return (await import("./options.ts")).noSchema;
}

export function ggmlFile({ name }: Pick<Ref, "name">): string {
  return `ggml-${name}.bin`;
}
