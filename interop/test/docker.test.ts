import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { expect, inject, test } from "vitest";
import { askInImage } from "../src/checks/in-image.ts";
import { type ImageBench, imageBench, token } from "../src/image-bench.ts";
import { type Image, treeOf } from "../src/image-builder.ts";
import { imageRegistry } from "../src/image-registry.ts";
import { succeed } from "../src/run-program.ts";

const bart = "preload-demo/tiny-bart";
const encoding = "https://openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken";

function builds(name: string, body: () => Promise<void>): void {
  test(name, { timeout: 600_000 }, async ({ skip }) => {
    const why = inject("prepared").missing["images"];
    if (why !== undefined) skip(why);
    await body();
  });
}

builds("buildah makes an image of the example: exactly the locked models, of the user that runs it", async () => {
  const bench = await imageBench();
  const { builder, context, secret } = bench;

  const image = await builder.build(context, "service", secret);

  const [root, base] = [await builder.mounted("service"), await builder.mounted("docker.io/library/python:3.13-slim")];
  const before = await treeOf(base);
  const added = (await treeOf(root)).filter((line) => !before.includes(line));
  const models = added.filter((line) => line.startsWith("models/"));
  expect(models).toEqual(await exported(bench));
  expect(added.filter((line) => !models.includes(line)).map((line) => line.split(" ", 1)[0])).toEqual([
    // What a step that runs anything leaves, with or without us.
    ...["dev", "etc/hostname", "etc/hosts", "etc/resolv.conf"],
    "models",
    ...["proc", "run", "srv", "srv/requirements.txt", "srv/service.py", "sys"],
  ]);
  expect(image.user).toBe("1000:1000");
  expect(image.labels).toMatchObject({
    "dev.preload.lock": `sha256:${sha256(await readFile(join(context, "models/preload/preload.lock")))}`,
    "dev.preload.models": expect.stringContaining("hf:preload-demo/gated-bart hf:preload-demo/tiny-bart spacy:"),
  });
  // It opened the gated model, so it was there.
  expect(await builder.filesWith(token)).toBe("");
  await clientsLoad(bench, image);
});

/** What an export has, as the image is to have it. */
async function exported({ context, preload }: ImageBench): Promise<string[]> {
  await preload("ci");
  await preload("export", "--to", "models");
  const all = (await treeOf(join(context, "models"))).filter((line) => !line.startsWith("preload"));
  return all.map((line) => `models/${line.replace(" 0:0", " 1000:1000")}`);
}

async function clientsLoad(bench: ImageBench, image: Image): Promise<void> {
  const [checkpoint] = bench.here.demo.catalog.whisper;
  const cases = { bart: { id: bart, options: {}, model_options: {} } };
  const written = await askInImage<{ bart: object }>(bench, image, "seq2seq.py", { cases });
  expect(written.bart).toMatchObject({ config: "bart", generated: expect.any(Array) });
  const spoken = { name: "tiny-demo", url: `https://nowhere.invalid/${checkpoint?.sha256}/tiny-demo.pt`, path: null };
  expect(await askInImage(bench, image, "whisper_transcribes.py", spoken)).toMatchObject({ language: "en" });
  const sentence = { name: "en_demo_core", path: "", text: "Ada Lovelace lived in London." };
  expect(await askInImage(bench, image, "spacy_loads.py", sentence)).toMatchObject({
    version: "3.8.0",
    installed: true,
  });
  const { digest } = {
    digest: sha256(bench.here.demo.catalog.files?.[encoding.slice("https://".length)] as Uint8Array),
  };
  expect(await askInImage(bench, image, "tiktoken_reads.py", { url: encoding, sha256: digest })).toEqual({
    sha256: digest,
  });
}

builds("built anew it has the same layers; of a model that changed, one layer is another", async () => {
  const bench = await imageBench();
  const { builder, context, secret, here, preload } = bench;
  const first = await builder.build(context, "first", secret);

  const again = await builder.build(context, "again", [...secret, "--no-cache"]);
  expect(again.layers).toEqual(first.layers);

  const main = here.demo.catalog.repos.find(({ id }) => id === bart)?.revisions.get("main");
  const files = Object.fromEntries([...(main?.files ?? [])].map(([path, { body }]) => [path, body]));
  here.demo.push(hubRepo({ id: bart, files: { ...files, "merges.txt": "#version: 0.2\n" } }));
  await preload("update", `hf:${bart}`);
  expect((await here.preload(["docker", "--check", "Containerfile"])).code).toBe(8);
  await preload("docker", "--write", "Containerfile");
  const changed = await builder.build(context, "changed", secret);
  expect(changed.layers.filter((layer) => !first.layers.includes(layer))).toHaveLength(1);
  expect(changed.layers).toHaveLength(first.layers.length);
  expect(changed.labels["dev.preload.lock"]).not.toBe(first.labels["dev.preload.lock"]);
});

builds("a build whose models the image's user cannot read, or are not what the lock says, fails", async () => {
  const { builder, context, secret } = await imageBench();
  const path = join(context, "Containerfile");
  const text = await readFile(path, "utf8");
  const spoilt = async (step: string) => {
    await writeFile(path, text.replace(/^ENV XDG/m, `${step}\n$&`));
    return builder.run(["bud", "--isolation", "chroot", "--layers", ...secret, context]);
  };

  const unreadable = await spoilt("RUN chmod 0700 /models/whisper && chown 0:0 /models/whisper");
  const another = await spoilt("RUN echo more >> /models/whisper/tiny-demo.pt");
  const gone = await spoilt("RUN rm /models/huggingface/hub/models--preload-demo--tiny-bart/refs/main");

  expect(unreadable.stdout + unreadable.stderr).toMatch(/whisper:tiny-demo/);
  expect(another.stdout + another.stderr).toMatch(/broken +whisper:tiny-demo/);
  expect(gone.stdout + gone.stderr).toMatch(/broken +hf:preload-demo\/tiny-bart/);
  expect([unreadable.code, another.code, gone.code]).toEqual([expect.toSatisfy(isFailure), 4, 3]);
});

const isFailure = (code: number) => code !== 0;

builds(
  "the models come from a folder, or from an image by its digest, and nothing is asked of their origins",
  async () => {
    const bench = await imageBench();
    const { builder, context, here, preload } = bench;
    const fetched = await exported(bench);
    const pack = join(here.home, "models.tar");
    await preload("pack", pack);
    const registry = await imageRegistry();
    await succeed([
      "skopeo",
      "copy",
      "--dest-tls-verify=false",
      `oci-archive:${pack}`,
      `docker://${registry}/models:1`,
    ]);
    const inspected = await succeed(["skopeo", "inspect", "--tls-verify=false", `docker://${registry}/models:1`]);
    const { Digest: digest } = JSON.parse(inspected) as { Digest: string };
    here.demo.origin.clear();

    await preload("docker", "--source", "context", "--write", "Containerfile");
    const models = `models=${join(context, "models")}`;
    await builder.build(context, "of-folder", ["--build-context", models]);
    await preload("docker", "--source", `${registry}/models@${digest}`, "--write", "Containerfile");
    await builder.build(context, "of-image", ["--tls-verify=false"]);

    for (const name of ["of-folder", "of-image"]) {
      const tree = await treeOf(await builder.mounted(name));
      expect(tree.filter((line) => line.startsWith("models/"))).toEqual(fetched);
    }
    expect(here.demo.origin.requests).toEqual([]);
  },
);

builds(
  "of a Containerfile of another kind: other stages, a user of theirs, and words to Node that it does not hear",
  async () => {
    const { builder, context, secret, preload } = await imageBench();
    const theirs = [
      "FROM docker.io/library/python:3.13-slim as base",
      'ENV NODE_OPTIONS="--require ./of-the-service.js" PRELOAD_CACHE_ROOT=/nowhere \\',
      "    OPENSSL_CONF=/nowhere.cnf",
      "copy service.py /opt/",
      "user 10001",
      "from base",
      'cmd ["service.py"]',
    ];
    await writeFile(join(context, "Containerfile"), theirs.map((line) => `${line}\r\n`).join(""));
    await preload(
      "docker",
      "--flavor",
      "buildah",
      "--to",
      "/opt/models",
      "--only",
      "hf,whisper",
      "--write",
      "Containerfile",
    );

    const image = await builder.build(context, "other", secret);

    expect([image.user, image.env.NODE_OPTIONS]).toEqual(["10001:10001", "--require ./of-the-service.js"]);
    const tree = await treeOf(await builder.mounted("other"));
    expect(tree.filter((line) => /^opt(?:\/models(?:\/[^/]*)?)? /.test(line))).toEqual([
      "opt 0:0 755",
      "opt/models 10001:10001 755",
      "opt/models/huggingface 10001:10001 755",
      "opt/models/whisper 10001:10001 755",
    ]);
  },
);
