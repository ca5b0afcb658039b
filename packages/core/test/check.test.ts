import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { check, type Manifest, type MaterializeEvent, materialize, type Problem } from "../src/index.ts";
import { contentOf, type Origin, pattern, sha256, tempDir } from "../testing/index.ts";
import { asNobody } from "./support/as-nobody.ts";
import { calm } from "./support/calm.ts";
import { blobOf, commit, hubManifest, repo, snapshot } from "./support/hub-manifest.ts";
import { asked, serveFiles } from "./support/serve-files.ts";
import { membersOf, wheelManifest, wheelName, wheelOf } from "./support/wheel-manifest.ts";

const config = '{ "architectures": ["Tiny"] }\n';
const tokenizer = pattern(3000, 1);
const shard1 = pattern(200_000, 2);
const shard2 = pattern(150_000, 3);
const files = {
  "config.json": config,
  "tokenizer/vocab.json": tokenizer,
  "model-1-of-2.safetensors": shard1,
  "model-2-of-2.safetensors": shard2,
};

let origin: Origin;
let dir: string;
let stateDir: string;
let manifest: Manifest;

beforeEach(async () => {
  origin = await serveFiles(files);
  [dir, stateDir] = [await tempDir(), await tempDir()];
  manifest = hubManifest(origin, files);
  await materialize(manifest, { ...calm, dir, stateDir });
  origin.clear();
});

interface Wound {
  readonly what: string;
  inflict(): Promise<unknown>;
  /** What `check` says: reason and the path within the repository, or the snapshot. */
  readonly says: readonly string[];
  /** What `materialize` asks the network for to mend it. */
  readonly fetches?: readonly string[];
}

const at = (path: string) => join(dir, path);

async function overwrite(path: string, content: Uint8Array | string): Promise<void> {
  await rm(at(path), { recursive: true, force: true });
  await writeFile(at(path), content);
}

function flipped(content: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(content);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

const wounds: Wound[] = [
  {
    what: "a file that is cut off",
    inflict: () => truncate(at(blobOf(shard1)), 100_000),
    says: ["truncated model-1-of-2.safetensors"],
    fetches: ["model-1-of-2.safetensors"],
  },
  {
    what: "an empty file",
    inflict: () => truncate(at(blobOf(config)), 0),
    says: ["truncated config.json"],
    fetches: ["config.json"],
  },
  {
    what: "a file with something appended",
    inflict: () => writeFile(at(blobOf(config)), "\n", { flag: "a" }),
    says: ["corrupt config.json"],
    fetches: ["config.json"],
  },
  {
    what: "a file of the right size with one wrong bit, written in place",
    inflict: () => writeFile(at(blobOf(shard2)), flipped(contentOf(shard2)), { flag: "r+" }),
    says: ["corrupt model-2-of-2.safetensors"],
    fetches: ["model-2-of-2.safetensors"],
  },
  {
    what: "a file of the right size with wrong bytes, renamed into place",
    inflict: async () => {
      await writeFile(at("draft"), flipped(contentOf(shard2)));
      await rename(at("draft"), at(blobOf(shard2)));
    },
    says: ["corrupt model-2-of-2.safetensors"],
    fetches: ["model-2-of-2.safetensors"],
  },
  {
    what: "a missing shard",
    inflict: async () => {
      await unlink(at(blobOf(shard2)));
      await unlink(at(snapshot("model-2-of-2.safetensors")));
    },
    says: ["missing model-2-of-2.safetensors"],
    fetches: ["model-2-of-2.safetensors"],
  },
  {
    what: "a link that leads nowhere",
    inflict: () => unlink(at(blobOf(tokenizer))),
    says: ["dangling tokenizer/vocab.json"],
    fetches: ["tokenizer/vocab.json"],
  },
  {
    what: "a link that is gone",
    inflict: () => unlink(at(snapshot("tokenizer/vocab.json"))),
    says: ["missing tokenizer/vocab.json"],
  },
  {
    what: "a link to another file's bytes",
    inflict: async () => {
      await unlink(at(snapshot("config.json")));
      await symlink(`../../blobs/${sha256(tokenizer)}`, at(snapshot("config.json")));
    },
    says: ["wrong-link config.json"],
  },
  {
    what: "a link to itself",
    inflict: async () => {
      await unlink(at(snapshot("config.json")));
      await symlink("config.json", at(snapshot("config.json")));
    },
    says: ["wrong-link config.json"],
  },
  {
    what: "a regular file with other bytes where a link should be",
    inflict: () => overwrite(snapshot("config.json"), "{}"),
    says: ["truncated config.json"],
  },
  {
    what: "only the ref, as a killed client leaves it",
    inflict: async () => {
      await rm(at(`${repo}/blobs`), { recursive: true });
      await rm(at(`${repo}/snapshots`), { recursive: true });
    },
    says: [
      "missing config.json",
      "missing tokenizer/vocab.json",
      "missing model-1-of-2.safetensors",
      "missing model-2-of-2.safetensors",
    ],
    fetches: ["config.json", "model-1-of-2.safetensors", "model-2-of-2.safetensors", "tokenizer/vocab.json"],
  },
  {
    what: "a ref that is gone",
    inflict: () => unlink(at(`${repo}/refs/main`)),
    says: ["missing refs/main"],
  },
  {
    what: "a ref with a newline, which Python compares as it is",
    inflict: () => writeFile(at(`${repo}/refs/main`), `${commit}\n`),
    says: ["wrong-text refs/main"],
  },
  {
    what: "a ref to another commit",
    inflict: () => writeFile(at(`${repo}/refs/main`), commit.replaceAll("a", "b")),
    says: ["wrong-text refs/main"],
  },
  {
    what: "a marker that hides a file",
    inflict: () => writeFile(at(`${repo}/.no_exist/${commit}/config.json`), ""),
    says: [`in-the-way .no_exist/${commit}/config.json`],
  },
  {
    what: "an empty folder where a file should be",
    inflict: async () => {
      await unlink(at(blobOf(config)));
      await mkdir(at(blobOf(config)));
    },
    says: ["wrong-kind config.json"],
    fetches: ["config.json"],
  },
  {
    what: "a blob that links to a store which is gone",
    inflict: async () => {
      await unlink(at(blobOf(shard1)));
      await symlink("../../blobs/ab/abcdef", at(blobOf(shard1)));
    },
    says: ["dangling model-1-of-2.safetensors"],
    fetches: ["model-1-of-2.safetensors"],
  },
  {
    what: "nothing at all",
    inflict: () => rm(at(repo), { recursive: true }),
    says: [
      "missing config.json",
      "missing tokenizer/vocab.json",
      "missing model-1-of-2.safetensors",
      "missing model-2-of-2.safetensors",
      `missing .no_exist/${commit}/added_tokens.json`,
      "missing refs/main",
    ],
    fetches: ["config.json", "model-1-of-2.safetensors", "model-2-of-2.safetensors", "tokenizer/vocab.json"],
  },
];

/** `reason name`, with the name as the application or the client knows it. */
function said(problems: readonly Problem[]): string[] {
  return problems.map(({ reason, path }) => `${reason} ${path.replace(`${snapshot("")}`, "").replace(`${repo}/`, "")}`);
}

describe("check says what is wrong, whether it remembers the files or not, and the next run mends just that", () => {
  for (const { what, inflict, says, fetches = [] } of wounds) {
    test(what, async () => {
      await inflict();

      expect(said(await check(manifest, { dir, stateDir }))).toEqual(says);
      expect(said(await check(manifest, { dir }))).toEqual(says);
      expect(said(await check(manifest, { dir, stateDir, depth: "deep" }))).toEqual(says);

      const { mended } = await materialize(manifest, { ...calm, dir, stateDir });

      expect(said(mended)).toEqual(says);
      expect(asked(origin).sort()).toEqual([...fetches].sort());
      expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
      expect(await readFile(at(snapshot("config.json")), "utf8")).toBe(config);
    });
  }
});

describe("check accepts what gives the client the right bytes in another way", () => {
  test.each<[string, () => Promise<unknown>]>([
    [
      "regular files instead of links, as a copy that follows links makes them",
      async () => {
        for (const [name, content] of Object.entries(files)) {
          await overwrite(snapshot(name), typeof content === "string" ? content : contentOf(content));
        }
        await rm(at(`${repo}/blobs`), { recursive: true });
      },
    ],
    ["regular files beside the blobs", () => overwrite(snapshot("config.json"), config)],
    [
      "an absolute link to the same file",
      async () => {
        await unlink(at(snapshot("config.json")));
        await symlink(at(blobOf(config)), at(snapshot("config.json")));
      },
    ],
    [
      "a blob that is a link into a store, as newer Hub clients make it",
      async () => {
        await mkdir(at("blobs/ab"), { recursive: true });
        await rename(at(blobOf(shard1)), at("blobs/ab/abcdef"));
        await symlink("../../blobs/ab/abcdef", at(blobOf(shard1)));
      },
    ],
    [
      "files of another model and another commit",
      async () => {
        await mkdir(at(`${repo}/snapshots/other`));
        await writeFile(at(`${repo}/blobs/other`), "other");
        await writeFile(at(`${repo}/refs/v1`), "other");
      },
    ],
  ])("%s", async (_, arrange) => {
    await arrange();

    expect(await check(manifest, { dir, stateDir })).toEqual([]);
    expect(await materialize(manifest, { ...calm, dir, stateDir })).toMatchObject({ mended: [] });
    expect(origin.requests).toEqual([]);
  });
});

describe("how much is read", () => {
  /** The files that were read, and how many bytes of each. */
  async function readBy(options: Omit<Parameters<typeof check>[1], "dir">): Promise<Record<string, number>> {
    const read: Record<string, number> = {};
    const onRead = (path: string, bytes: number) => (read[path] = (read[path] ?? 0) + bytes);
    expect(await check(manifest, { dir, onRead, ...options })).toEqual([]);
    return read;
  }

  const everything = {
    [blobOf(config)]: config.length,
    [blobOf(tokenizer)]: tokenizer.size,
    [blobOf(shard1)]: shard1.size,
    [blobOf(shard2)]: shard2.size,
  };

  test("nothing that was downloaded and verified and has not changed since", async () => {
    expect(await readBy({ stateDir })).toEqual({});
  });

  test("everything, when asked for", async () => {
    expect(await readBy({ stateDir, depth: "deep" })).toEqual(everything);
  });

  test("everything where nothing is remembered, and nothing the next time", async () => {
    const other = await tempDir();

    expect(await readBy({ stateDir: other })).toEqual(everything);
    expect(await readBy({ stateDir: other })).toEqual({});
  });

  test("only the file that was touched", async () => {
    await utimes(at(blobOf(config)), 1, 1);

    expect(await readBy({ stateDir })).toEqual({ [blobOf(config)]: config.length });
  });

  test("what was just downloaded is not read again, also where nothing is remembered", async () => {
    await rm(at(repo), { recursive: true });
    const read: string[] = [];
    const onEvent = (event: MaterializeEvent) => void (event.type === "check" && read.push(event.path));

    await materialize(manifest, { ...calm, dir, onEvent });

    expect(read).toEqual([]);
  });

  test("everything again when what is remembered was damaged", async () => {
    const [stamps = ""] = await readdir(join(stateDir, "stamps"));
    for (const damage of ["", "null", "[1]", '{ "half": ']) {
      await writeFile(join(stateDir, "stamps", stamps), damage);

      expect(await readBy({ stateDir })).toEqual(everything);
    }
  });
});

test("a file that changes in the very moment in which it was remembered is read again", async () => {
  // File systems keep time in ticks of some milliseconds; two writes within one look the same.
  for (let round = 0; round < 20; round += 1) {
    await writeFile(at(blobOf(config)), config);
    await check(manifest, { dir, stateDir });
    await writeFile(at(blobOf(config)), config.replace("Tiny", "Tony"), { flag: "r+" });

    expect(said(await check(manifest, { dir, stateDir }))).toEqual(["corrupt config.json"]);
  }
});

test("says what was expected and what is there", async () => {
  await truncate(at(blobOf(shard1)), 100_000);
  await writeFile(at(blobOf(config)), config.replace("Tiny", "Tony"));
  await writeFile(at(`${repo}/refs/main`), "v1");

  const problems = await check(manifest, { dir, stateDir });

  expect(problems.map(({ expected, received }) => [expected, received])).toEqual([
    [`sha256:${sha256(config)}`, `sha256:${sha256(config.replace("Tiny", "Tony"))}`],
    ["200000 bytes", "100000 bytes"],
    [`"${commit}"`, '"v1"'],
  ]);
});

test("the names of files of a wheel that are not as its list says, and of another version beside it", async () => {
  const members = membersOf("1.0.0");
  const wheel = wheelOf(members);
  const source = await serveFiles({ [wheelName("1.0.0")]: wheel });
  const manifest = wheelManifest(source, { version: "1.0.0", wheel, members });
  await materialize(manifest, { ...calm, dir, stateDir });

  await overwrite("tiny/tiny-1.0.0/config.cfg", "[NLP]\n".repeat(50));
  await unlink(at("tiny/__init__.py"));
  await mkdir(at("tiny-0.9.0.dist-info"));

  expect(said(await check(manifest, { dir, stateDir }))).toEqual([
    "missing tiny/__init__.py",
    "corrupt tiny/tiny-1.0.0/config.cfg",
    "in-the-way tiny-0.9.0.dist-info",
  ]);
  source.clear();
  await materialize(manifest, { ...calm, dir, stateDir });
  expect(asked(source)).toEqual([wheelName("1.0.0")]);
  expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
  expect(await readdir(dir)).toEqual([repo, "tiny", "tiny-1.0.0.dist-info"]);
});

describe("what may not be looked at is never called missing", () => {
  test.each([
    ["a folder without the right to enter it", `${repo}/blobs`],
    ["a folder above the model", ""],
    ["a file without the right to read it", blobOf(shard1)],
    ["a ref without the right to read it", `${repo}/refs/main`],
    ["a folder of markers", `${repo}/.no_exist`],
  ])("%s", async (_, path) => {
    await chmod(dir, 0o755);
    await chmod(at(path), 0o000);

    await expect(asNobody(() => check(manifest, { dir }))).rejects.toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringContaining("EACCES"),
    });
  });
});
