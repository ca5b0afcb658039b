import { parseRef, type RefOptions } from "@preload/core";
import { describe, expect, test } from "vitest";
import { whisperOptions } from "../src/index.ts";
import { body, fetcherFor, origin } from "./worlds.ts";

const sha256 = "a".repeat(64);
const tinyEn = "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03";

describe("a checkpoint of OpenAI's", () => {
  test("is one file, known without asking anybody", async () => {
    const manifest = await fetcherFor().resolve(parseRef("whisper:tiny.en"));

    expect(manifest).toEqual({
      ref: "whisper:tiny.en",
      options: {},
      revision: tinyEn,
      license: "MIT",
      path: "tiny.en.pt",
      entries: [
        {
          type: "file",
          path: "tiny.en.pt",
          url: `https://openaipublic.azureedge.net/main/whisper/models/${tinyEn}/tiny.en.pt`,
          size: 75_571_315,
          digest: `sha256:${tinyEn}`,
        },
      ],
      leftOut: { files: 0, bytes: 0 },
      requires: [],
    });
  });

  test("keeps the name it was asked for when that is an alias, and has the file of the other", async () => {
    const manifest = await fetcherFor().resolve(parseRef("whisper:turbo"));
    expect(manifest).toMatchObject({ ref: "whisper:turbo", path: "large-v3-turbo.pt" });
  });

  test("can come from another address, and stays what it is", async () => {
    const url = "https://models.example/tiny.en.pt";
    const { entries } = await fetcherFor().resolve(parseRef("whisper:tiny.en", { url }));
    expect(entries).toMatchObject([{ url, digest: `sha256:${tinyEn}` }]);
  });

  test("can be pinned to its own digest, and to no other", async () => {
    const pinned = await fetcherFor().resolve(parseRef(`whisper:tiny.en@${tinyEn}`));
    expect(pinned).toMatchObject({ ref: `whisper:tiny.en@${tinyEn}`, revision: tinyEn });

    await expect(fetcherFor().resolve(parseRef(`whisper:tiny.en@${sha256}`))).rejects.toMatchObject({
      code: "REVISION_NOT_FOUND",
      message: expect.stringContaining(tinyEn),
    });
  });
});

describe("a checkpoint of one's own", () => {
  test("is found by its digest under the endpoint, and its size is asked for", async () => {
    const { endpoints, origin: server, sha256: mine } = await origin();

    const manifest = await fetcherFor(endpoints.whisper).resolve(parseRef("whisper:mine", { sha256: mine }));

    const url = `https://openaipublic.azureedge.net/main/whisper/models/${mine}/mine.pt`;
    expect(manifest).toEqual({
      ref: "whisper:mine",
      options: { sha256: mine },
      revision: mine,
      path: "mine.pt",
      entries: [{ type: "file", path: "mine.pt", url, size: body.length, digest: `sha256:${mine}` }],
      leftOut: { files: 0, bytes: 0 },
      requires: [],
    });
    expect(server.bytesSent).toBe(0);
  });

  test("is found at its url", async () => {
    const { endpoints, sha256: mine } = await origin();
    const url = `${endpoints.whisper}/${mine}/mine.pt`;

    const { entries, path } = await fetcherFor().resolve(parseRef("whisper:call-centre.pt", { url, sha256: mine }));

    expect(path).toBe("call-centre.pt");
    expect(entries).toMatchObject([{ url, size: body.length }]);
  });

  test("asks nobody when its size is given, too", async () => {
    const options = { url: "https://models.example/x", sha256, size: 17 };
    const { entries } = await fetcherFor().resolve(parseRef("whisper:mine", options));
    expect(entries).toMatchObject([{ size: 17 }]);
  });

  test("is measured with a byte where HEAD is refused", async () => {
    const { endpoints, origin: server, sha256: mine } = await origin();
    server.fault(({ method }) => method === "HEAD", { type: "status", status: 403 });

    const { entries } = await fetcherFor(endpoints.whisper).resolve(parseRef(`whisper:mine@${mine}`));

    expect(entries).toMatchObject([{ size: body.length }]);
    expect(server.bytesSent).toBe(1);
  });

  test("is not measured by fetching it", async () => {
    const { endpoints, origin: server, sha256: mine } = await origin();
    server.fault(({ method }) => method === "HEAD", { type: "status", status: 405 });
    server.fault(() => true, { type: "ignore-range" });

    await expect(fetcherFor(endpoints.whisper).resolve(parseRef(`whisper:mine@${mine}`))).rejects.toMatchObject({
      code: "BAD_ANSWER",
      hint: "Put the size in bytes beside its sha256.",
    });
  });

  test("that is not there is not found, and with the network down is not taken for that", async () => {
    const { endpoints } = await origin();
    const ref = parseRef("whisper:mine", { sha256 });

    await expect(fetcherFor(endpoints.whisper).resolve(ref)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(fetcherFor().resolve(ref)).rejects.toMatchObject({ code: "NETWORK" });
  });
});

test.each([
  ["large.en", "NOT_FOUND", "unknown whisper model large.en; did you mean large?"],
  ["base-en", "NOT_FOUND", "unknown whisper model base-en; did you mean base.en?"],
  ["Tiny", "NOT_FOUND", "did you mean tiny"],
  ["large-v4", "NOT_FOUND", "did you mean large-v1?"],
  ["toString", "NOT_FOUND", "unknown whisper model toString"],
  ["tiny.en@main", "BAD_REF", "a checkpoint has no revision but its sha256"],
])("whisper:%s is %s", async (name, code, message) => {
  await expect(fetcherFor().resolve(parseRef(`whisper:${name}`))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

const url = "https://models.example/x.pt";
const cases: [string, string, RefOptions, string, string][] = [
  ["an option nobody knows", "tiny", { uri: url }, "BAD_CONFIG", '"uri"'],
  ["an address that is none", "mine", { url: "models.example", sha256 }, "BAD_CONFIG", "url"],
  ["a digest that is none", "mine", { url, sha256: "AB" }, "BAD_CONFIG", "sha256 must be 64"],
  ["a url without its digest", "mine", { url }, "BAD_CONFIG", "a url needs its sha256"],
  ["a digest that load_model would not accept", "tiny", { sha256 }, "REVISION_NOT_FOUND", "accepts only one file"],
  ["a name that leaves the directory", "../mine", { url, sha256, size: 1 }, "BAD_REF", 'without "/"'],
  ["a name that Windows reserves", "con", { url, sha256, size: 1 }, "BAD_ANSWER", "Windows reserves"],
  ["a name that some disks take for another", "Tiny", { url, sha256, size: 1 }, "BAD_REF", "a checkpoint of OpenAI's"],
];
test.each(cases)("%s is refused", async (_, name, options, code, message) => {
  await expect(fetcherFor().resolve(parseRef(`whisper:${name}`, options))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("the schema of the options says what each is for", async () => {
  const { shape } = await whisperOptions();
  expect(Object.values(shape).map(({ description }) => description)).not.toContain(undefined);
});
