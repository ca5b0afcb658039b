import type { User } from "../doctor/user.ts";

export type Flavor = "buildkit" | "buildah";

/** Where the build takes the models from: it fetches them, finds them in a context of that name, or in an image by its digest. */
export type Source = "fetch" | "context" | `${string}@sha256:${string}`;

/** What a Dockerfile is to say: chosen by flags, or by what was chosen when its block was first written. */
export interface Choices {
  readonly flavor: Flavor;
  readonly source: Source;
  readonly user: User;
  /** The folder of the models in the image. */
  readonly to: string;
  /** The image that has Node. */
  readonly nodeImage: string;
  readonly profile?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
}

/** All that the parts of a Dockerfile say; the same gives the same text. */
export interface Recipe extends Choices {
  /** Of our own command. */
  readonly version: string;
  /** The config and the lock, relative to the build context, with `/`. */
  readonly files: readonly [config: string, lock: string];
  readonly layers: readonly Pick<Layer, "ref" | "folder">[];
  /** `ENV` lines. */
  readonly environment: string;
  /** Of the part of the lock that names the models, as an export or a pack of them has it. */
  readonly lockDigest: string;
}

/** A model as a layer of an image. */
export interface Layer {
  readonly ref: string;
  readonly folder: string;
  readonly files: number;
  /** Of the layer as a tar, before anybody compresses it. */
  readonly bytes: number;
}

/** Of models: docker refuses an image of more than about 125 layers, and what it begins with has some. */
export const mostLayers = 90;

export const defaults = {
  flavor: "buildkit",
  source: "fetch",
  user: { uid: 1000, gid: 1000 },
  to: "/models",
  nodeImage: "docker.io/library/node:24.11.1-bookworm-slim",
} as const satisfies Choices;
