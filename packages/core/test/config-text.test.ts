import { execFileSync, spawn } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { allRequests, type Config, loadConfig } from "../src/index.ts";
import { tempDir } from "../testing/index.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await tempDir();
});

const load = (path?: string) => loadConfig({ cwd, schemes: ["toy"], path });

describe("what is no config is told, and no other config taken in its place", () => {
  const bomb = [
    "a: &a [x]",
    ..."bcdef".split("").map((name, at) => `${name}: &${name} [${`*${"abcde"[at]}, `.repeat(9)}]`),
  ];

  test.each<[string, string | Buffer, RegExp]>([
    ["of another encoding", Buffer.from("models: [toy:bear]\n", "utf16le"), /preload\.yaml is not text in UTF-8/],
    ["of bytes that are no text", Buffer.from([0xc3, 0x28, 0x0a]), /preload\.yaml is not text in UTF-8/],
    ["far too large", "# \n".repeat(700_000), /preload\.yaml has 2100000 bytes; a config has 2000000 at most/],
    ["with an alias of nothing", "models: *models\n", /preload\.yaml: Unresolved alias .*models/],
    ["with aliases that have no end", [...bomb, "models: *f"].join("\n"), /preload\.yaml: Excessive alias count/],
  ])("a file %s", async (_, text, message) => {
    await writeFile(join(cwd, "preload.yaml"), text);

    await expect(load()).rejects.toMatchObject({ code: "BAD_CONFIG", message: expect.stringMatching(message) });
  });

  test("a link that leads nowhere", async () => {
    await symlink("../elsewhere/preload.yaml", join(cwd, "preload.yaml"));
    await writeFile(join(cwd, "preload.json"), `{ "models": ["toy:bear"] }`);

    const message = expect.stringMatching(/preload\.yaml is a link to something that does not exist/);
    await expect(load()).rejects.toMatchObject({ code: "BAD_CONFIG", message });
  });

  test("somebody else's file that is a link to nowhere is passed by", async () => {
    await symlink("elsewhere.json", join(cwd, "package.json"));

    expect(await load()).toBeUndefined();
  });
});

describe.skipIf(process.platform === "win32")("a pipe", () => {
  beforeEach(() => execFileSync("sh", ["-c", `mkfifo "$0"`, join(cwd, "preload.yaml")]));

  test("that was found is not waited for", async () => {
    const message = expect.stringMatching(/preload\.yaml is neither a file nor a link to one/);
    await expect(load()).rejects.toMatchObject({ code: "BAD_CONFIG", message });
  });

  test("that was named is read", async () => {
    const path = join(cwd, "preload.yaml");
    spawn("sh", ["-c", `echo "models: [toy:bear]" > '${path}'`]);

    expect(allRequests((await load(path)) as Config).map(({ ref }) => ref)).toEqual(["toy:bear"]);
  });
});
