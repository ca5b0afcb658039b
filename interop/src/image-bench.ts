import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { type Catalog, demoCatalog } from "@preload/demo-origin";
import { interopDir } from "./environments.ts";
import { type ImageBuilder, imageBuilder } from "./image-builder.ts";
import { makeNodeRoot, makeSmallRoot, packed } from "./image-tools.ts";
import { npmRegistry } from "./npm-registry.ts";
import { type World, world } from "./world.ts";

export const token = "hf_ofNobodyInParticular";

/** A project that is a copy of the example, with a gated model more, and a builder that has the images it begins with. */
export interface ImageBench {
  readonly here: World;
  readonly builder: ImageBuilder;
  /** The project: the build context. */
  readonly context: string;
  /** The words that give the token to a build. */
  readonly secret: readonly string[];
  /** Runs the command line in the project. It has to succeed. */
  preload(...args: readonly string[]): Promise<string>;
}

/**
 * The images are made of this machine's files, under the names that the example has for them: no registry can be reached.
 * That of Node has Node and npm; that of Python has a shell and not even a libc, since clients are run with this machine's,
 * and a `pip` that does nothing. npm finds one package, which is the command line as it would be published.
 */
export async function imageBench(change: (catalog: Catalog) => Catalog = (catalog) => catalog): Promise<ImageBench> {
  const catalog = change(await demoCatalog());
  const accepted = { user: "nobody", accepted: ["preload-demo/gated-bart"] };
  const here = await world({ ...catalog, tokens: { ...catalog.tokens, [token]: accepted } });
  const builder = await imageBuilder();
  const folder = await tempDir();
  const [node, python, secret] = [join(folder, "node"), join(folder, "python"), join(folder, "secret")];
  await makeNodeRoot(node);
  await makeSmallRoot(python, ["sh", "ls", "chmod"]);
  await writeFile(join(python, "usr/bin/pip"), "#!/bin/sh\n", { mode: 0o755 });
  const registry = await npmRegistry(await packed(join(interopDir, "../apps/cli"), join(folder, "packed")));
  const endpoints = Object.entries(here.demo.endpoints).map(([name, url]) => [
    `PRELOAD_${name.toUpperCase()}_ENDPOINT`,
    url,
  ]);
  const env = { npm_config_registry: registry, ...Object.fromEntries(endpoints) };
  await builder.imageOf(node, "docker.io/library/node:24.11.1-bookworm-slim", env);
  await builder.imageOf(python, "docker.io/library/python:3.13-slim");
  await writeFile(secret, token);
  const context = join(here.home, "project");
  await cp(join(interopDir, "../examples/docker-python"), context, { recursive: true });
  const preload = (...args: readonly string[]) => here.preloaded(args);
  // Where its owner's clients have it.
  await mkdir(join(here.home, ".cache/huggingface"), { recursive: true });
  await writeFile(join(here.home, ".cache/huggingface/token"), token, { mode: 0o600 });
  await preload("add", "hf:preload-demo/gated-bart");
  await preload("docker", "--flavor", "buildah", "--write", "Containerfile");
  return { here, builder, context, secret: ["--secret", `id=hf_token,src=${secret}`], preload };
}
