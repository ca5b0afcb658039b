import { createHttp, type FileEntry, parseRef } from "@preload/core";
import { hubRepo } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { type HfFetcherOptions, hf } from "../src/index.ts";
import { hub, machine, machineWith } from "./world.ts";

const tiny = { id: "org/tiny", files: { "config.json": "{}", "model.safetensors": "weights" } };
const publicMirror = "https://huggingface.co/";

describe("which Hub is asked", () => {
  test.each<[title: string, options: HfFetcherOptions, mirrors: readonly string[] | undefined]>([
    ["the public one", { machine }, undefined],
    ["the public one when HF_ENDPOINT is empty", { machine: machineWith({ HF_ENDPOINT: "" }) }, undefined],
    ["HF_ENDPOINT", { machine: machineWith({ HF_ENDPOINT: "https://hub.example/x/" }) }, ["https://hub.example/x/"]],
    [
      "given ones before HF_ENDPOINT",
      {
        machine: machineWith({ HF_ENDPOINT: "https://env.example" }),
        endpoints: [
          { url: "https://a.example", token: false },
          { url: "https://huggingface.co", token: true },
        ],
      },
      ["https://a.example/", "https://huggingface.co/"],
    ],
  ])("%s", (_, options, mirrors) => {
    expect(hf(options).mirrors).toEqual(mirrors === undefined ? [] : [{ base: publicMirror, mirrors }]);
  });

  test.each(["hub.example", "ftp://hub.example", "https://hub.example?x=1"])("%s is no address", (url) => {
    expect(() => hf({ machine, endpoints: [{ url, token: false }] })).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG" }),
    );
  });

  test("the next one, when the first does not have it or cannot be reached", async () => {
    const empty = await hub({});
    const full = await hub({ repos: [hubRepo(tiny)] });
    const urls = ["http://127.0.0.1:1", empty.endpoints.hf, full.endpoints.hf];
    const manifest = await fetcherFor(urls).resolve(parseRef("hf:org/tiny"));
    expect(manifest.path).toMatch(/^models--org--tiny\//);
  });

  test("a network failure is never passed off as not found", async () => {
    const empty = await hub({});
    const urls = ["http://127.0.0.1:1", empty.endpoints.hf];
    await expect(fetcherFor(urls).resolve(parseRef("hf:org/tiny"))).rejects.toMatchObject({ code: "NETWORK" });
  });

  test("behind different ones, two people lock the same", async () => {
    const [one, other] = [await hub({ repos: [hubRepo(tiny)] }), await hub({ repos: [hubRepo(tiny)] })];
    const [first, second] = await Promise.all(
      [one, other].map(({ endpoints }) => fetcherFor([endpoints.hf]).resolve(parseRef("hf:org/tiny"))),
    );
    expect(first).toEqual(second);
    const urls = first?.entries.filter((entry): entry is FileEntry => entry.type === "file").map(({ url }) => url);
    expect(urls?.every((url) => url.startsWith("https://huggingface.co/org/tiny/resolve/"))).toBe(true);
  });
});

describe("the token is shown", () => {
  const tokens = { hf_mine: {} };
  const withToken = machineWith({ HF_TOKEN: "hf_mine" });

  test("to an endpoint of the user", async () => {
    const demo = await hub({ repos: [hubRepo(tiny)], tokens });
    const endpoints = [{ url: demo.endpoints.hf, token: true }];
    await hf({ machine: withToken, endpoints }).resolve(parseRef("hf:org/tiny"));
    expect(demo.origin.requests.map(({ headers }) => headers.authorization)).toEqual(
      demo.origin.requests.map(() => "Bearer hf_mine"),
    );
  });

  test("to HF_ENDPOINT", async () => {
    const demo = await hub({ repos: [hubRepo(tiny)], tokens });
    const env = { HF_TOKEN: "hf_mine", HF_ENDPOINT: demo.endpoints.hf };
    await hf({ machine: machineWith(env) }).resolve(parseRef("hf:org/tiny"));
    expect(demo.origin.requests[0]?.headers.authorization).toBe("Bearer hf_mine");
  });

  test("not to an endpoint that somebody else wrote into a config", async () => {
    const demo = await hub({ repos: [hubRepo(tiny)], tokens });
    for (const endpoint of [{ url: demo.endpoints.hf, token: false }, demo.endpoints.hf]) {
      await hf({ machine: withToken, endpoints: [endpoint] }).resolve(parseRef("hf:org/tiny"));
    }
    expect(demo.origin.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test("not to the host that large files come from", async () => {
    const demo = await hub({ repos: [hubRepo(tiny)], tokens });
    const { http } = hf({ machine: withToken, endpoints: [{ url: demo.endpoints.hf, token: true }] });
    const commit = hubRepo(tiny).revisions.get("main")?.sha;
    await http.get(`${demo.endpoints.hf}/org/tiny/resolve/${commit}/model.safetensors`);
    const [hubs, cdns] = demo.origin.requests;
    expect(hubs?.headers.authorization).toBe("Bearer hf_mine");
    expect(cdns?.headers.host).toMatch(/^localhost/);
    expect(cdns?.headers.authorization).toBeUndefined();
  });

  test("when it is given, before any that is found", async () => {
    const demo = await hub({ repos: [hubRepo(tiny)], tokens: { hf_given: {} } });
    const endpoints = [{ url: demo.endpoints.hf, token: true }];
    await hf({ machine: withToken, endpoints, token: "hf_given" }).resolve(parseRef("hf:org/tiny"));
    expect(demo.origin.requests[0]?.headers.authorization).toBe("Bearer hf_given");
  });
});

function fetcherFor(urls: readonly string[]) {
  const http = createHttp({ machine, retryDelays: [] });
  return hf({ machine, http, endpoints: urls.map((url) => ({ url, token: false })) });
}
