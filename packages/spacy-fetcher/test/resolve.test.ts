import { parseRef } from "@preload/core";
import { describe, expect, test } from "vitest";
import { wheelOf } from "./wheels.ts";
import { fetcherFor, origin, tiny } from "./worlds.ts";

const url = "https://github.com/explosion/spacy-models/releases/download/en_tiny-3.8.0/en_tiny-3.8.0-py3-none-any.whl";

describe("a pipeline", () => {
  test("is an archive, what an installer writes beside it, and no other version", async () => {
    const { endpoints } = await origin([tiny({ meta: { license: "MIT" } })]);

    const manifest = await fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny"));

    const sha256 = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    // A contract with Python, pip and spaCy. A difference here is a breaking change.
    expect(manifest).toEqual({
      ref: "spacy:en_tiny",
      options: {},
      revision: "3.8.0",
      license: "MIT",
      path: "en_tiny/en_tiny-3.8.0",
      entries: [
        {
          type: "archive",
          format: "wheel",
          path: "",
          url,
          size: 1610,
          digest: sha256,
          members: [
            { path: "en_tiny/__init__.py", size: 0, digest: sha256 },
            { path: "en_tiny/meta.json", size: 19, digest: sha256 },
            { path: "en_tiny/en_tiny-3.8.0/config.cfg", size: 6, digest: sha256 },
            { path: "en_tiny-3.8.0.dist-info/METADATA", size: 51, digest: sha256 },
            { path: "en_tiny-3.8.0.dist-info/WHEEL", size: 19, digest: sha256 },
            { path: "en_tiny-3.8.0.dist-info/entry_points.txt", size: 33, digest: sha256 },
          ],
        },
        { type: "absent", path: "", names: ["en_tiny-*.dist-info", "en_tiny-*.egg-info"] },
        { type: "absent", path: "en_tiny", names: ["en_tiny-*"] },
        { type: "text", path: "en_tiny-3.8.0.dist-info/INSTALLER", text: "preload\n" },
        { type: "text", path: "en_tiny-3.8.0.dist-info/REQUESTED", text: "" },
        { type: "text", path: "en_tiny-3.8.0.dist-info/direct_url.json", text: expect.any(String) },
        { type: "text", path: "en_tiny-3.8.0.dist-info/RECORD", text: expect.any(String) },
      ],
      leftOut: { files: 0, bytes: 0 },
      requires: [],
    });
  });

  test("records its source and its files as pip would", async () => {
    const { endpoints } = await origin([tiny()]);

    const { entries } = await fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny"));

    const texts = entries.flatMap((entry) => (entry.type === "text" ? [entry.text] : []));
    const [archive] = entries.flatMap((entry) =>
      entry.type === "archive" ? [entry.digest.slice("sha256:".length)] : [],
    );
    expect(texts[2]).toBe(
      `{"archive_info":{"hash":"sha256=${archive}","hashes":{"sha256":"${archive}"}},"url":"${url}"}\n`,
    );
    expect(texts[3]?.split("\n").map((line) => line.replace(/sha256=[\w-]{43}/, "sha256=…"))).toEqual([
      "en_tiny/__init__.py,sha256=…,0",
      "en_tiny/meta.json,sha256=…,19",
      "en_tiny/en_tiny-3.8.0/config.cfg,sha256=…,6",
      "en_tiny-3.8.0.dist-info/METADATA,sha256=…,51",
      "en_tiny-3.8.0.dist-info/WHEEL,sha256=…,19",
      "en_tiny-3.8.0.dist-info/entry_points.txt,sha256=…,33",
      "en_tiny-3.8.0.dist-info/INSTALLER,sha256=…,8",
      "en_tiny-3.8.0.dist-info/REQUESTED,sha256=…,0",
      "en_tiny-3.8.0.dist-info/direct_url.json,sha256=…,300",
      "en_tiny-3.8.0.dist-info/RECORD,,",
      "",
    ]);
  });

  test("names the Python packages that it needs and nobody here installs", async () => {
    const requirements = ["spacy>=3.8.0,<3.9.0", "spacy-curated-transformers >=0.2.2, <1.0.0"];
    const { endpoints } = await origin([tiny({ meta: { requirements } })]);

    const { requires } = await fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny"));

    const why = "a Python package that en_tiny needs beside spaCy";
    expect(requires).toEqual([{ ref: "pip:spacy-curated-transformers>=0.2.2,<1.0.0", why, safe: false }]);
  });

  test("has a version for each line of spaCy, asked for once", async () => {
    const { endpoints, origin: server } = await origin();
    const fetcher = fetcherFor(endpoints, { version: "3.7.5" });

    const older = await fetcher.resolve(parseRef("spacy:en_demo_core"));
    const newer = await fetcher.resolve(parseRef("spacy:en_demo_core", { spacy: "3.8" }));
    const newest = await fetcherFor(endpoints).resolve(parseRef("spacy:en_demo_core"));

    expect([older.revision, newer.revision, newest.revision]).toEqual(["3.7.1", "3.8.0", "3.8.0"]);
    expect(server.count("compatibility.json")).toBe(2);
  });

  test("that is pinned needs no table, and takes a few kilobytes to describe", async () => {
    const { endpoints, origin: server } = await origin([
      tiny({
        wheel: wheelOf({ name: "en_tiny", version: "3.8.0", files: { "en_tiny/en_tiny-3.8.0/vectors": large } }),
      }),
    ]);

    const manifest = await fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny@3.8.0"));

    expect(manifest.ref).toBe("spacy:en_tiny@3.8.0");
    expect(server.requests.map(({ path }) => path.split("?")[0])).toEqual([
      "/spacy/master/meta/en_tiny-3.8.0.json",
      "/spacy/releases/download/en_tiny-3.8.0/en_tiny-3.8.0-py3-none-any.whl",
      "/cdn/releases/en_tiny-3.8.0-py3-none-any.whl",
    ]);
    expect(server.bytesSent).toBeLessThan(140_000);
  });

  test("is the same from a second mirror when the first does not have it", async () => {
    const [empty, full] = [await origin([]), await origin([tiny()])];
    const { endpoints } = full;

    const fromSecond = await fetcherFor(endpoints, {
      endpoints: [empty.endpoints.spacy, endpoints.spacy],
    }).resolve(parseRef("spacy:en_tiny@3.8.0"));

    expect(fromSecond).toEqual(await fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny@3.8.0")));
  });
});

test("a pipeline is taken from the second mirror when the first has a log-in page in its place", async () => {
  const [portal, full] = [await origin([tiny()]), await origin([tiny()])];
  portal.origin.fault(".whl", { type: "html" });
  const endpoints = [portal.endpoints.spacy, full.endpoints.spacy];

  const manifest = await fetcherFor(full.endpoints, { endpoints }).resolve(parseRef("spacy:en_tiny@3.8.0"));

  expect(manifest).toEqual(await fetcherFor(full.endpoints).resolve(parseRef("spacy:en_tiny@3.8.0")));
});

const large = new Uint8Array(1024 * 1024);

describe("a pipeline cannot be resolved", () => {
  test.each([
    ["spacy:en_tiny@3.8.9", "REVISION_NOT_FOUND", "spacy:en_tiny@3.8.9: en_tiny has no version 3.8.9", "It has 3.8.0."],
    ["spacy:en_tini@3.8.0", "NOT_FOUND", "unknown pipeline for any spaCy; did you mean en_tiny?", "spacy.io/models"],
    ["spacy:en_tini", "NOT_FOUND", "spaCy 3.8 (the newest, since no environment was named); did you mean en_tiny?", ""],
  ])("that nobody published: %s", async (ref, code, message, hint) => {
    const { endpoints } = await origin([tiny()]);

    const resolving = fetcherFor(endpoints).resolve(parseRef(ref));

    await expect(resolving).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test("that was published without a checksum", async () => {
    const { endpoints } = await origin([tiny({ meta: { checksum_whl: undefined } })]);

    const resolving = fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny"));

    await expect(resolving).rejects.toMatchObject({
      code: "REVISION_NOT_FOUND",
      message: "spacy:en_tiny: version 3.8.0 was published without a checksum",
    });
  });

  test("that was published without metadata", async () => {
    const { endpoints, origin: server } = await origin([tiny({ version: "3.8.1" }), tiny()]);
    server.fault("meta/en_tiny-3.8.1.json", { type: "status", status: 404 });

    const resolving = fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny"));

    await expect(resolving).rejects.toMatchObject({
      code: "REVISION_NOT_FOUND",
      message: "spacy:en_tiny: version 3.8.1 was published without a checksum",
      hint: "Take another one: 3.8.0.",
    });
  });

  test("with an option that does not exist", async () => {
    const resolving = fetcherFor({ spacy: "http://127.0.0.1:1" }).resolve(parseRef("spacy:en_tiny", { spacey: "3.8" }));

    await expect(resolving).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining('"spacey"'),
      hint: "A spaCy ref takes spacy.",
    });
  });

  test("while the network is down, which is not taken for an unknown name", async () => {
    const resolving = fetcherFor({ spacy: "http://127.0.0.1:1" }).resolve(parseRef("spacy:en_tiny"));
    await expect(resolving).rejects.toMatchObject({ code: "NETWORK" });
  });

  test("from a log-in page", async () => {
    const { endpoints, origin: server } = await origin([tiny()]);
    server.fault("compatibility.json", { type: "html" });

    const resolving = fetcherFor(endpoints).resolve(parseRef("spacy:en_tiny"));

    await expect(resolving).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });

  test("and then can, once the table is there", async () => {
    const { endpoints, origin: server } = await origin([tiny()]);
    server.fault("compatibility.json", { type: "status", status: 503 }, 1);
    const fetcher = fetcherFor(endpoints);

    await expect(fetcher.resolve(parseRef("spacy:en_tiny"))).rejects.toMatchObject({ code: "NETWORK" });
    await expect(fetcher.resolve(parseRef("spacy:en_tiny"))).resolves.toMatchObject({ revision: "3.8.0" });
  });
});
