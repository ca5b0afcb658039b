import { createServer } from "node:http";
import { expect, test } from "vitest";
import { place } from "../src/node/hosts.ts";
import { program, runGuarded } from "./support/guarded.ts";

test("every way out of Node fails at once, in threads and children too", () => {
  const { stdout, attempts } = runGuarded([process.execPath, program("tries.cjs")]);

  const outcomes: Record<string, string> = JSON.parse(stdout);
  expect(new Set(Object.values(outcomes))).toEqual(new Set(["ERR_PRELOAD_BLOCKED"]));
  expect(attempts.map((attempt) => place(attempt))).toEqual([
    "fetch.invalid:443",
    "192.0.2.1:80",
    "https.invalid:443",
    "192.0.2.1:443",
    "192.0.2.1:443",
    "[2001:db8::1]:443",
    "tls.invalid:443",
    "lookup.invalid",
    "promises.invalid",
    "resolve4.invalid",
    "mx.invalid",
    "192.0.2.1",
    "resolver.invalid",
    "192.0.2.1:53",
    "192.0.2.1:53",
    "worker.invalid:443",
    "worker.invalid:443",
    "192.0.2.1:9",
  ]);
});

test("what is on this machine is nobody's business", () => {
  const { stdout, attempts } = runGuarded([process.execPath, program("local.cjs")]);

  expect(JSON.parse(stdout)).toEqual([
    "hello",
    "hello",
    "by socket",
    "127.0.0.1",
    "127.0.0.1",
    "192.0.2.1",
    "by datagram",
  ]);
  expect(attempts).toEqual([]);
});

test("an attempt says what was asked for without its query, by which test, and from which line", () => {
  const { attempts } = runGuarded([process.execPath, program("tries.cjs")], {
    env: { PRELOAD_TEST: "a.test.ts > asks" },
  });

  const [byFetch, byHttp, byHttps] = attempts;
  expect(byFetch).toMatchObject({ by: "node", method: "GET", path: "/org/name/resolve/main/config.json" });
  expect(byHttp).toMatchObject({ method: "GET", path: "/path" });
  expect(byHttps).toMatchObject({ method: "HEAD", path: "/head" });
  for (const attempt of [byFetch, byHttp, byHttps]) {
    expect(attempt?.test).toBe("a.test.ts > asks");
    expect(attempt?.program).toContain("tries.cjs");
    expect(attempt?.stack?.[0]).toMatch(/tries\.cjs:\d+/);
    expect(attempt?.stack?.join()).not.toMatch(/node:|node-guard/);
  }
  expect(JSON.stringify(attempts)).not.toContain("secret");
});

test("the error names the host, the reason and the way out, and fetch carries it as its cause", () => {
  const { stdout } = runGuarded([
    process.execPath,
    "-e",
    "fetch('https://hub.invalid/x').catch((error) => console.log(error.message, '|', error.cause.message))",
  ]);

  expect(stdout.trim()).toBe(
    "fetch failed | hub.invalid:443 is not loopback, and the network is blocked. " +
      "If it is a model: preload add it, and load it by the name and revision that were added.",
  );
});

test("a host that is allowed is asked, by name or with its port", () => {
  const ask = (url: string) => [process.execPath, "-e", `fetch('${url}').catch((e) => console.log(e.cause.code))`];
  const allow = ["allowed.invalid", "half.invalid:8080"];

  expect(runGuarded(ask("http://allowed.invalid/"), { allow }).stdout).not.toContain("ERR_PRELOAD_BLOCKED");
  expect(runGuarded(ask("http://half.invalid:8080/"), { allow }).stdout).not.toContain("ERR_PRELOAD_BLOCKED");
  expect(runGuarded(ask("http://half.invalid/"), { allow }).stdout).toContain("ERR_PRELOAD_BLOCKED");
});

test("a guard that only notes lets the program find out by itself, and counts a try once", () => {
  const { stdout, attempts } = runGuarded(
    [process.execPath, "-e", "fetch('http://noted.invalid/a').catch((error) => console.log(error.cause.code))"],
    { mode: "record" },
  );

  expect(stdout.trim()).toMatch(/^E[A-Z_]+$/);
  expect(stdout).not.toContain("PRELOAD");
  expect(attempts.map(({ host, path }) => [host, path])).toEqual([["noted.invalid", "/a"]]);
});

test("what a proxy on this machine is asked to fetch is an attempt", async () => {
  const proxy = createServer((_, response) => response.end("from elsewhere"));
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  const { port } = proxy.address() as { port: number };
  const ask = (options: object) =>
    `require('node:http').request(${JSON.stringify({ port, ...options })}).on('error', (e) => console.log(e.code)).end()`;

  const plain = runGuarded([process.execPath, "-e", ask({ path: "http://plain.invalid/a?b" })]);
  const tunnel = runGuarded([process.execPath, "-e", ask({ method: "CONNECT", path: "tunnel.invalid:443" })]);
  proxy.close();

  expect([plain.stdout.trim(), tunnel.stdout.trim()]).toEqual(["ERR_PRELOAD_BLOCKED", "ERR_PRELOAD_BLOCKED"]);
  expect(plain.attempts).toMatchObject([{ host: "plain.invalid", port: 80, path: "/a" }]);
  expect(tunnel.attempts).toMatchObject([{ host: "tunnel.invalid", port: 443 }]);
});

test("what is replaced looks as it did, and nothing is printed", () => {
  const looks = [process.execPath, "-e", "console.log(fetch.name, fetch.length, require('node:dns').lookup.length)"];

  expect(runGuarded(looks)).toMatchObject({ status: 0, stderr: "", stdout: "fetch 1 3\n" });
});

test("attempts that cannot be written down are refused all the same", () => {
  const asks = [process.execPath, "-e", "fetch('http://a.invalid/').catch((e) => console.log(e.cause.code))"];

  expect(runGuarded(asks, { attempts: "/nowhere/at/all" }).stdout.trim()).toBe("ERR_PRELOAD_BLOCKED");
});
