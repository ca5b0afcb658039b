import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createHttp } from "../src/index.ts";
import { type Origin, type PrivateCa, pattern, privateCa, serve, tempDir, tree } from "../testing/index.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { runChild } from "./support/run-child.ts";

const body = pattern(300_000);

let ca: PrivateCa;
let origin: Origin;
let file: string;
let dir: string;

beforeAll(async () => {
  ca = await privateCa();
});

beforeEach(async () => {
  origin = await serve({ "/model.bin": body }, { tls: ca.server });
  onTestFinished(() => origin.close());
  file = join(await tempDir(), "company.pem");
  dir = await tempDir();
  await writeFile(file, ca.ca);
});

function httpWith(env: Record<string, string>) {
  const http = createHttp({ machine: { env }, retryDelays: [] });
  onTestFinished(() => http.close());
  return http;
}

test("a certificate that nobody knows is refused, and what to do is said", async () => {
  await expect(httpWith({}).get(`${origin.url}/model.bin`)).rejects.toMatchObject({
    code: "NETWORK",
    message: expect.stringMatching(/^127\.0\.0\.1:\d+: its certificate or TLS was not accepted \([A-Z_]+\)$/),
    hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(origin.requests).toEqual([]);
});

test("a certificate for another host is refused, although its authority is known", async () => {
  const http = createHttp({
    machine: { env: { SSL_CERT_FILE: file } },
    retryDelays: [],
    lookup: (_, options, callback) =>
      options.all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4),
  });

  await expect(http.get(`https://models.example:${origin.port}/model.bin`)).rejects.toMatchObject({
    code: "NETWORK",
    message: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
  });
});

describe("a company's own authority is accepted when it is named in", () => {
  test.each(["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])("%s", async (name) => {
    expect((await httpWith({ [name]: file }).get(`${origin.url}/model.bin`)).status).toBe(200);
  });

  test("NODE_EXTRA_CA_CERTS, which Node reads when it starts", async () => {
    const manifest = manifestOf(origin, { "model.bin": body });

    const without = await runChild({ act: "materialize", manifest, dir }, { env: { NODE_EXTRA_CA_CERTS: undefined } });
    const named = await runChild({ act: "materialize", manifest, dir }, { env: { NODE_EXTRA_CA_CERTS: file } });

    expect(without.error).toMatchObject({ code: "NETWORK", message: expect.stringContaining("certificate") });
    expect(named.error).toBeUndefined();
    expect(await tree(dir)).toEqual(["model.bin 300000"]);
  });

  test("NODE_EXTRA_CA_CERTS while another variable names another one", async () => {
    const other = join(await tempDir(), "other.pem");
    await writeFile(other, (await privateCa()).ca);

    const http = httpWith({ SSL_CERT_FILE: other, NODE_EXTRA_CA_CERTS: file });

    expect((await http.get(`${origin.url}/model.bin`)).status).toBe(200);
  });
});

test("a file of certificates that is not there is named with its variable", async () => {
  await expect(httpWith({ REQUESTS_CA_BUNDLE: "/no/such.pem" }).get(`${origin.url}/model.bin`)).rejects.toMatchObject({
    code: "USAGE",
    message: "REQUESTS_CA_BUNDLE names /no/such.pem, which cannot be read (ENOENT)",
  });
});

test("a file that holds no certificate is named with its variable", async () => {
  await writeFile(file, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");

  await expect(httpWith({ SSL_CERT_FILE: file }).get(`${origin.url}/model.bin`)).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining(`SSL_CERT_FILE names ${file}`),
  });
});

test("a folder of certificates, which only OpenSSL itself can read, does no harm", async () => {
  const http = httpWith({ REQUESTS_CA_BUNDLE: dir, SSL_CERT_FILE: file });

  expect((await http.get(`${origin.url}/model.bin`)).status).toBe(200);
});

test("plain HTTP where HTTPS is spoken is told so", async () => {
  await expect(httpWith({}).get(`${origin.url.replace("https:", "http:")}/model.bin`)).rejects.toMatchObject({
    code: "NETWORK",
  });
});

test("HTTPS where plain HTTP is spoken is told so", async () => {
  const plain = await serve({});
  onTestFinished(() => plain.close());

  await expect(httpWith({}).get(`${plain.url.replace("http:", "https:")}/a`)).rejects.toMatchObject({
    code: "NETWORK",
    message: expect.stringContaining("TLS"),
  });
});

test("a large body comes whole over TLS", async () => {
  const large = pattern(20_000_000, 9);
  const secure = await serve({ "/large.bin": large }, { tls: ca.server });
  onTestFinished(() => secure.close());
  const manifest = manifestOf(secure, { "large.bin": large });

  const { error } = await runChild({ act: "materialize", manifest, dir }, { env: { SSL_CERT_FILE: file } });

  expect(error).toBeUndefined();
  expect(await tree(dir)).toEqual(["large.bin 20000000"]);
});
