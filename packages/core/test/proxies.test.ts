import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createHttp, type HttpOptions, materialize } from "../src/index.ts";
import {
  type Origin,
  type PrivateCa,
  type ProxyOptions,
  pattern,
  privateCa,
  proxy,
  type Proxy as RealProxy,
  serve,
  sha256,
  tempDir,
  tree,
} from "../testing/index.ts";
import { environment } from "./support/environment.ts";
import { manifestOf } from "./support/manifest-of.ts";

// No machine has this name (RFC 2606), so what is fetched from it came through the proxy.
const host = "models.example";
const body = pattern(100_000);

let ca: PrivateCa;
let plain: Origin;
let secure: Origin;
let env: Record<string, string>;

beforeAll(async () => {
  ca = await privateCa([host]);
});

beforeEach(async () => {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];
  environment(Object.fromEntries(names.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, undefined])));
  plain = await serve({ "/model.bin": body });
  secure = await serve({ "/model.bin": body }, { tls: ca.server });
  onTestFinished(() => plain.close());
  onTestFinished(() => secure.close());
  env = { SSL_CERT_FILE: join(await tempDir(), "ca.pem") };
  await writeFile(env.SSL_CERT_FILE ?? "", ca.ca);
});

/** A proxy behind which the name leads to our origins. */
async function proxied(options: ProxyOptions = {}): Promise<RealProxy> {
  const lead = (name: string, port: number) => ({
    host: "127.0.0.1",
    port: name !== host ? port : port === 443 ? secure.port : plain.port,
  });
  const made = await proxy({ lead, ...options });
  onTestFinished(() => made.close());
  return made;
}

function httpWith(options: Partial<HttpOptions> = {}) {
  const http = createHttp({ machine: { env }, retryDelays: [], connectTimeout: 2000, ...options });
  onTestFinished(() => http.close());
  return http;
}

const withPassword = ({ url }: RealProxy, both: string) => url.replace("http://", `http://${both}@`);

describe("a proxy", () => {
  test.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])(
    "that %s names is a tunnel to an https address",
    async (name) => {
      const through = await proxied();
      environment({ [name]: through.url });

      const { status } = await httpWith().get(`https://${host}/model.bin`);

      expect(status).toBe(200);
      expect(through.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([`CONNECT ${host}:443`]);
    },
  );

  test.each(["HTTP_PROXY", "http_proxy"])("that %s names is told the whole plain address", async (name) => {
    const through = await proxied();
    environment({ [name]: through.url });

    const { status } = await httpWith().get(`http://${host}/model.bin`);

    expect(status).toBe(200);
    expect(through.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET http://${host}/model.bin`,
    ]);
  });

  test("a whole model comes through it", async () => {
    const through = await proxied();
    environment({ HTTPS_PROXY: through.url });
    const dir = await tempDir();
    secure.fault("model.bin", { type: "cut", at: 40_000 }, 1);

    const manifest = manifestOf({ url: `https://${host}` }, { "model.bin": body });
    await materialize(manifest, { dir, http: httpWith(), retryDelays: [0] });

    expect(await tree(dir)).toEqual(["model.bin 100000"]);
    expect(secure.ranges).toEqual([undefined, "bytes=40000-"]);
  });

  test("is not called stalled because we read slowly", async () => {
    const through = await proxied();
    environment({ HTTP_PROXY: through.url });
    const large = pattern(3 * 1024 * 1024, 5);
    plain = await serve({ "/large.bin": large });
    onTestFinished(() => plain.close());

    const { body: pieces } = await httpWith({ stallTimeout: 500 }).open(`http://${host}/large.bin`);
    const hash = createHash("sha256");
    for await (const piece of pieces) {
      await pause(900);
      hash.update(piece);
    }

    expect(hash.digest("hex")).toBe(sha256(large));
  });

  test.each([0, 1024])("behind which nothing more comes is called stalled (a rate of at least %d)", async (rate) => {
    const through = await proxied();
    environment({ HTTP_PROXY: through.url });
    plain.fault("model.bin", { type: "stall", at: 50_000 });

    await expect(
      httpWith({ stallTimeout: 300, minimumRate: rate }).get(`http://${host}/model.bin`),
    ).rejects.toMatchObject({ code: "STALLED" });
  });

  test("carries a token no further than without it", async () => {
    const through = await proxied();
    environment({ HTTPS_PROXY: through.url, HTTP_PROXY: through.url });
    const http = httpWith().authorized("hf_secret", [`https://${host}`, `http://${host}`]);

    await http.get(`https://${host}/model.bin`);
    await http.get(`http://${host}/model.bin`);

    expect(secure.requests[0]?.headers.authorization).toBe("Bearer hf_secret");
    expect(plain.requests[0]?.headers.authorization).toBeUndefined();
    expect(inspect(through.requests)).not.toContain("hf_secret");
  });

  test.each([host, "*", ".example", `${host}:443`])("is passed by for what NO_PROXY=%s names", async (names) => {
    const through = await proxied();
    environment({ HTTPS_PROXY: through.url, NO_PROXY: names });

    await expect(httpWith().get(`https://${host}/model.bin`)).rejects.toMatchObject({ code: "NETWORK" });

    expect(through.requests).toEqual([]);
  });

  test("is passed by for the loopback", async () => {
    const through = await proxied();
    environment({ HTTP_PROXY: through.url });

    expect((await httpWith().get(`${plain.url}/model.bin`)).status).toBe(200);
    expect(through.requests).toEqual([]);
  });

  test("of another host is used after a redirect that leads there", async () => {
    const through = await proxied();
    environment({ HTTPS_PROXY: through.url });
    const hub = await serve({ "/a": { status: 302, headers: { location: `https://${host}/model.bin` } } });
    onTestFinished(() => hub.close());

    expect((await httpWith().get(`${hub.url}/a`)).status).toBe(200);
    expect(through.requests).toHaveLength(1);
  });
});

describe("a proxy that wants a password", () => {
  test("gets it", async () => {
    const through = await proxied({ auth: "me:pass word" });
    environment({ HTTPS_PROXY: withPassword(through, "me:pass%20word") });

    expect((await httpWith().get(`https://${host}/model.bin`)).status).toBe(200);
    expect(through.requests.map(({ passed }) => passed)).toEqual([true]);
  });

  test.each(["https", "http"])("gets one with a percent sign that escapes nothing as it is (%s)", async (scheme) => {
    const through = await proxied({ auth: "100%:50%off%ff" });
    const address = withPassword(through, "100%:50%off%ff");
    environment({ HTTPS_PROXY: address, HTTP_PROXY: address });

    expect((await httpWith().get(`${scheme}://${host}/model.bin`)).status).toBe(200);
  });

  test.each(["https", "http"])("and gets a wrong one says so, and the password is in no error (%s)", async (scheme) => {
    const through = await proxied({ auth: "me:right" });
    const address = withPassword(through, "me:very-wrong");
    environment({ HTTPS_PROXY: address, HTTP_PROXY: address });

    const error = await httpWith()
      .get(`${scheme}://${host}/model.bin`)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining(`${host}: the proxy ${new URL(through.url).host} refused`),
      hint: expect.stringContaining("user name and password"),
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("very-wrong");
  });
});

test.each(["direct", "proxied"])(
  "a mirror's password with a percent sign that escapes nothing is shown as it is (%s)",
  async (way) => {
    const through = await proxied();
    environment({ HTTP_PROXY: through.url });
    const at = way === "direct" ? `127.0.0.1:${plain.port}` : host;

    expect((await httpWith().get(`http://100%:50%off%ff@${at}/model.bin`)).status).toBe(200);

    const shown = plain.requests[0]?.headers.authorization ?? "";
    expect(Buffer.from(shown.replace("Basic ", ""), "base64").toString()).toBe("100%:50%off%ff");
  },
);

describe("a proxy that is none", () => {
  test("cannot be reached, and is named", async () => {
    const gone = await proxied();
    await gone.close();
    environment({ HTTPS_PROXY: withPassword(gone, "me:very-wrong") });

    const error = await httpWith()
      .get(`https://${host}/model.bin`)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: "NETWORK",
      message: `${host}: the connection through the proxy ${new URL(gone.url).host} was refused (ECONNREFUSED)`,
      hint: expect.stringContaining("HTTPS_PROXY"),
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("very-wrong");
  });

  test("but a mistake in the variable is told so", async () => {
    environment({ HTTPS_PROXY: "http://me:very-wrong@proxy:port" });

    const error = await httpWith()
      .get(`https://${host}/model.bin`)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "USAGE", hint: expect.stringContaining("HTTPS_PROXY") });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("very-wrong");
  });
});
