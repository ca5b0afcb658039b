import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { proxy, tempDir } from "@preload/core/testing";
import { startDemoInternet, startDemoOrigin } from "@preload/demo-origin";
import { expect, onTestFinished, test } from "vitest";
import { bin, homeEnv, run } from "./support/run.ts";
import { world } from "./support/world.ts";

const node = process.execPath;

/** A Hub that answers in every way that a client may meet. */
async function oddHub(): Promise<{ url: string; seen: IncomingMessage[]; server: Server }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    seen.push(incoming);
    const path = incoming.url ?? "";
    if (path.startsWith("/hub/relative")) outgoing.writeHead(307, { location: "/hub/a%20b/resolve/x?y=%2F" }).end();
    else if (path.startsWith("/hub/absolute")) outgoing.writeHead(302, { location: "https://cdn.example/x?s=1" }).end();
    else if (path.startsWith("/hub/gzip"))
      outgoing.writeHead(200, { "content-encoding": "gzip", etag: '"w"' }).end(gzipSync("compressed"));
    else if (path.startsWith("/hub/range"))
      outgoing.writeHead(206, { "content-range": "bytes 2-3/4", "content-length": 2 }).end("cd");
    else if (path.startsWith("/hub/missing"))
      outgoing.writeHead(404, "Nope", { "x-error-code": "EntryNotFound", "x-repo-commit": "c".repeat(40) }).end("no");
    else if (path.startsWith("/hub/cookies")) outgoing.writeHead(200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2"]).end();
    else if (path.startsWith("/hub/head"))
      outgoing.writeHead(200, { "content-length": 12345, "x-linked-size": "9" }).end();
    else if (path.startsWith("/hub/none")) outgoing.writeHead(304).end();
    else if (path.startsWith("/hub/echo")) incoming.pipe(outgoing.writeHead(200));
    else if (path.startsWith("/hub/broken")) {
      outgoing.writeHead(200, { "content-length": 100 });
      outgoing.write("half", () => outgoing.destroy());
    } else outgoing.writeHead(404).end();
  });
  await listening(server);
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub`, seen, server };
}

test("what comes through the stand-in for the Hub is what the Hub says, byte by byte", async () => {
  const hub = await oddHub();
  const traced = await tracing(hub.url);
  const requests: [string, string, Record<string, string>, string?][] = [
    ["GET", "/relative/resolve/main/a", {}],
    ["GET", "/absolute", {}],
    ["GET", "/gzip", { "accept-encoding": "gzip" }],
    ["GET", "/range", { range: "bytes=2-3" }],
    ["GET", "/missing", {}],
    ["GET", "/cookies", {}],
    ["HEAD", "/head", { "accept-encoding": "identity" }],
    ["GET", "/none", { "if-none-match": '"x"' }],
    ["POST", "/echo", { "content-type": "application/json" }, '{"paths":["a"]}'],
    ["PUT", "/echo", { "transfer-encoding": "chunked" }, "in pieces"],
    ["GET", "/broken", {}],
    ["GET", "/other", {}],
  ];

  for (const [method, path, headers, body] of requests) {
    const direct = await answerOf(hub.url + path, method, headers, body);
    const through = await answerOf(traced.endpoint + path, method, headers, body);
    expect(through, `${method} ${path}`).toEqual(direct);
  }
  const [direct, through] = hub.seen.slice(-2).map(({ rawHeaders }) => pairs(rawHeaders));
  expect(through).toEqual(direct);
  await traced.end();
});

test("the token goes on to the Hub, and is nowhere else", async () => {
  const { demo, env } = await world({ config: "none" });
  const asks = `fetch(process.env.HF_ENDPOINT + "/api/models/preload-demo/tiny-bart?secret=in-query", { headers: { authorization: "Bearer hf_secret" } }).then((answer) => answer.text())`;
  const root = await tempDir();

  const { stderr } = await run(["trace", "-v", "--json", "--output", "o.json", "--", node, "-e", asks], {
    cwd: root,
    env: { ...env, HF_ENDPOINT: demo.endpoints.hf },
  });

  expect(demo.origin.requests[0]?.headers["authorization"]).toBe("Bearer hf_secret");
  const written = `${stderr}${await readFile(join(root, "o.json"), "utf8")}`;
  expect(written).toContain("hf:preload-demo/tiny-bart");
  expect(written).not.toMatch(/hf_secret|in-query/);
});

test("a name and a password in the Hub's address reach it", async () => {
  const hub = await oddHub();
  const traced = await tracing(hub.url.replace("://", "://ada:se%40cret@"));

  await answerOf(`${traced.endpoint}/none`, "GET", {});

  const expected = `Basic ${Buffer.from("ada:se@cret").toString("base64")}`;
  expect(hub.seen.map(({ headers }) => headers.authorization)).toEqual([expected]);
  await traced.end();
});

test("a Hub that cannot be reached is a status that clients know, and says why", async () => {
  const hub = await oddHub();
  const traced = await tracing(hub.url);
  hub.server.close();
  hub.server.closeAllConnections();

  const { status, body } = await answerOf(`${traced.endpoint}/other`, "GET", {});

  expect(status).toBe(502);
  expect(body).toContain("cannot be reached (ECONNREFUSED)");
  await traced.end();
});

test("a body of any size passes with little memory", async () => {
  const size = 600_000_000;
  const block = Buffer.alloc(1_000_000, "x");
  const server = createServer(async (_, outgoing) => {
    outgoing.writeHead(200, { "content-length": size });
    for (let sent = 0; sent < size; sent += block.length) {
      if (!outgoing.write(block)) await new Promise((resolve) => outgoing.once("drain", resolve));
    }
    outgoing.end();
  });
  await listening(server);
  onTestFinished(() => void server.close().closeAllConnections());
  const traced = await tracing(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  const bytes = await new Promise<number>((resolve, reject) => {
    request(`${traced.endpoint}/org/name/resolve/main/model.safetensors`, (answer) => {
      let sum = 0;
      answer.on("data", (chunk: Buffer) => (sum += chunk.length)).once("end", () => resolve(sum));
    })
      .once("error", reject)
      .end();
  });

  expect(bytes).toBe(size);
  const status = await readFile(`/proc/${traced.child.pid}/status`, "utf8").catch(() => "");
  const peak = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  if (process.platform === "linux") expect(Number(peak)).toBeLessThan(250_000);
  await traced.end();
});

test("behind a proxy and a company's certificate, the Hub and other hosts are reached as before", async () => {
  const { demo, env } = await world({ config: "none" });
  const internet = await startDemoInternet(demo);
  onTestFinished(() => internet.close());
  const root = await tempDir();
  await writeFile(join(root, "ca.pem"), internet.ca);
  const asks = `
import os, urllib.request
def read(url):
    return urllib.request.urlopen(url).read()
read(os.environ["HF_ENDPOINT"] + "/api/models/preload-demo/tiny-bart")
read("https://raw.githubusercontent.com/explosion/spacy-models/master/compatibility.json")
try:
    read("https://openaipublic.azureedge.net/main/whisper/models/${"0".repeat(64)}/mine.pt?secret=1")
except Exception as error:
    print(error)
`;

  const { code, stdout, stderr } = await run(["trace", "--", "python3", "-c", asks], {
    cwd: root,
    env: { ...env, HTTPS_PROXY: internet.proxy, SSL_CERT_FILE: join(root, "ca.pem") },
  });

  expect([code, stdout]).toEqual([0, "HTTP Error 404: Not Found\n"]);
  expect(internet.requests.map((url) => url.replace(/\?.*/, ""))).toContain(
    "https://huggingface.co/api/models/preload-demo/tiny-bart",
  );
  expect(stderr).toContain("  - hf:preload-demo/tiny-bart\n");
  expect(stderr).toContain(`  - whisper:mine@${"0".repeat(64)}\n`);
  expect(stderr).not.toContain("could not be named");
});

test("the caller's own proxy is told who we are, and its no_proxy holds", async () => {
  const demo = await startDemoOrigin();
  onTestFinished(() => demo.close());
  const { port } = new URL(demo.endpoints.hf);
  const company = await proxy({ auth: "ada:secret", lead: () => ({ host: "127.0.0.1", port: Number(port) }) });
  onTestFinished(() => company.close());
  const root = await tempDir();
  const asks = `
import urllib.request
for host in ["named.invalid", "spared.invalid"]:
    try:
        print(urllib.request.urlopen("http://" + host + "/api/models/preload-demo/tiny-bart").status)
    except Exception as error:
        print(getattr(error, "code", type(error).__name__))
`;

  const { stdout } = await run(["trace", "--", "python3", "-c", asks], {
    cwd: root,
    env: { ...homeEnv(root), HTTP_PROXY: company.url.replace("://", "://ada:secret@"), NO_PROXY: "spared.invalid" },
  });

  expect(stdout).toBe("200\n502\n");
  expect(company.requests.map(({ target, passed }) => [target, passed])).toEqual([
    ["http://named.invalid/api/models/preload-demo/tiny-bart", true],
  ]);
});

/** A trace of a command that does nothing until it is told to end. */
async function tracing(hub: string): Promise<{ endpoint: string; child: ChildProcess; end(): Promise<void> }> {
  const root = await tempDir();
  const waits = `console.log(process.env.HF_ENDPOINT); process.stdin.on("end", () => process.exit()).resume();`;
  const child = spawn(node, [bin, "trace", "--", node, "-e", waits], {
    cwd: root,
    env: { PATH: process.env.PATH, ...homeEnv(root), HF_ENDPOINT: hub, PRELOAD_HF_ENDPOINT: hub },
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill());
  const endpoint = await new Promise<string>((resolve) =>
    child.stdout.once("data", (text) => resolve(`${text}`.trim())),
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    endpoint,
    child,
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}

interface Answered {
  readonly status: number | undefined;
  readonly message: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly isWhole: boolean;
}

function answerOf(url: string, method: string, headers: Record<string, string>, body?: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { method, headers: { ...headers, host: "the-same.example" }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => {});
        answer.once("close", () =>
          resolve({
            status: answer.statusCode,
            message: answer.statusMessage,
            headers: pairs(answer.rawHeaders),
            body: Buffer.concat(chunks).toString("latin1"),
            isWhole: answer.complete,
          }),
        );
      },
    );
    asked.once("error", reject);
    asked.end(body);
  });
}

/** Those that are about more than one connection. */
function pairs(raw: readonly string[]): [string, string][] {
  const all = raw.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ""] as [string, string]] : [],
  );
  return all.filter(([name]) => !["connection", "keep-alive", "transfer-encoding", "host"].includes(name));
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}
