import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { findToken } from "../src/index.ts";
import { machineWith } from "./world.ts";

describe("the token is found as huggingface_hub finds it", () => {
  test("HF_TOKEN comes before everything else", async () => {
    const { home, path } = await homeWithToken("hf_file");
    const env = { HF_TOKEN: "hf_new", HUGGING_FACE_HUB_TOKEN: "hf_old", HF_TOKEN_PATH: path, HF_HOME: home };
    expect(await findToken(machineWith(env))).toEqual({ token: "hf_new", source: "HF_TOKEN" });
  });

  test("the older variable comes before the file", async () => {
    const { home } = await homeWithToken("hf_file");
    const env = { HUGGING_FACE_HUB_TOKEN: "hf_old", HF_HOME: home };
    expect(await findToken(machineWith(env))).toEqual({ token: "hf_old", source: "HUGGING_FACE_HUB_TOKEN" });
  });

  test("a file that HF_TOKEN_PATH names comes before the one in the home", async () => {
    const { home } = await homeWithToken("hf_file");
    const { path } = await homeWithToken("hf_elsewhere");
    const env = { HF_TOKEN_PATH: path, HF_HOME: home };
    expect(await findToken(machineWith(env))).toEqual({ token: "hf_elsewhere", source: path });
  });

  test("line ends and blanks around it do not belong to it", async () => {
    const { home, path } = await homeWithToken("  hf_file\r\n");
    expect(await findToken(machineWith({ HF_HOME: home }))).toEqual({ token: "hf_file", source: path });
  });

  test("an empty variable is no token, and the file is looked at", async () => {
    const { home, path } = await homeWithToken("hf_file");
    const env = { HF_TOKEN: " \n", HF_HOME: home };
    expect(await findToken(machineWith(env))).toEqual({ token: "hf_file", source: path });
  });

  test("an empty file is no token", async () => {
    const { home } = await homeWithToken("\n");
    expect(await findToken(machineWith({ HF_HOME: home }))).toBeUndefined();
  });

  test("nothing anywhere is no token", async () => {
    expect(await findToken(machineWith({}))).toBeUndefined();
  });

  test("HF_HUB_DISABLE_IMPLICIT_TOKEN hides them all", async () => {
    const env = { HF_TOKEN: "hf_new", HF_HUB_DISABLE_IMPLICIT_TOKEN: "yes" };
    expect(await findToken(machineWith(env))).toBeUndefined();
  });
});

test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "a file that may not be read is named",
  async () => {
    const { home, path } = await homeWithToken("hf_file");
    await chmod(path, 0);
    await expect(findToken(machineWith({ HF_HOME: home }))).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: expect.stringContaining(path),
    });
  },
);

test("a folder in place of the file is named", async () => {
  const home = await tempDir();
  await mkdir(join(home, "token"));
  await expect(findToken(machineWith({ HF_HOME: home }))).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

async function homeWithToken(text: string): Promise<{ home: string; path: string }> {
  const home = await tempDir();
  const path = join(home, "token");
  await writeFile(path, text);
  return { home, path };
}
