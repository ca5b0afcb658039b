import { join } from "node:path";
import { type Fetcher, formatRef, type Manifest, PreloadError, type Ref, type Requirement } from "../../src/index.ts";
import type { Origin } from "../../testing/index.ts";
import { calm } from "./calm.ts";
import { manifestOf } from "./manifest-of.ts";

/** What the toy ecosystem's public index says of a model. */
export interface ToyModel {
  readonly revision: string;
  /** The content of the model's only file. */
  readonly content: string;
  readonly gated?: boolean;
  readonly requires?: readonly Requirement[];
}

export interface ToyOptions {
  readonly dir: string;
  /** Stands for the public address. */
  readonly origin: Pick<Origin, "url">;
}

const publicBase = "https://toys.example/";

/** A fetcher for models of one file each: `toy:name` is described at `/name.json` and lies at `/name.bin`. */
export function toy({ dir, origin }: ToyOptions): Fetcher {
  const { http } = calm;

  function canonical(ref: Ref): string {
    if (!/^[a-z-]+$/.test(ref.name)) throw new PreloadError("BAD_REF", `${formatRef(ref)}: no toy has such a name`);
    return formatRef(ref);
  }

  async function resolve(ref: Ref, { signal }: { signal?: AbortSignal } = {}): Promise<Manifest> {
    const text = canonical(ref);
    const { status, body } = await http.get(`${origin.url}/${ref.name}.json`, { signal });
    if (status === 404) throw new PreloadError("NOT_FOUND", `${text}: there is no such toy`);
    if (status !== 200) throw new PreloadError("NETWORK", `${text}: status ${status}`);
    const model = JSON.parse(Buffer.from(body).toString()) as ToyModel;
    if (model.gated) throw new PreloadError("GATED", `${text}: its terms are not accepted`);
    const manifest = manifestOf({ url: publicBase.slice(0, -1) }, { [`${ref.name}.bin`]: model.content });
    return {
      ...manifest,
      ref: text,
      options: ref.options,
      revision: model.revision,
      requires: model.requires ?? [],
    };
  }

  return {
    name: "toy",
    dir,
    dirRule: "option",
    mirrors: [{ base: publicBase, mirrors: [`${origin.url}/`] }],
    http,
    environment: { set: { TOYS: join(dir) }, prepend: {}, offline: {} },
    symlinks: true,
    canonical,
    resolve,
  };
}

/** What an origin holds that has these models. */
export function toyFiles(models: Readonly<Record<string, ToyModel>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(models).flatMap(([name, model]) => [
      [`${name}.json`, JSON.stringify(model)],
      [`${name}.bin`, model.content],
    ]),
  );
}
