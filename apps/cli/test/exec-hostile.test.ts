import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { tryToLeave, users } from "./support/cut.ts";

// Of ranges for documentation: what nobody answers, even where there is a network.
const address = "203.0.113.7";
const six = "2001:db8::7";
const name = "models.example";

const node = (text: string) => [process.execPath, "-e", text];
const python = (text: string) => ["python3", "-c", text];
const query = `bytes.fromhex("123401000001000000000000") + b"\\x06models\\x07example\\x00\\x00\\x01\\x00\\x01"`;
const has = (program: string) => spawnSync(program, ["--help"]).error === undefined;

/** A way out, and what is to be known of whoever tried it. */
const ways: readonly (readonly [what: string, command: readonly string[], noted: object])[] = [
  ["curl, to a name", ["curl", "-sS", `https://${name}/a`], { by: ["dns"], host: name }],
  ["curl, to an address", ["curl", "-sS", `https://${address}/a`], { by: ["connection"], host: address, port: 443 }],
  ["curl, over IPv6", ["curl", "-sS", "-g", `http://[${six}]:81/`], { by: ["connection"], host: six, port: 81 }],
  [
    "curl, through a proxy",
    ["curl", "-sS", "-x", `http://${address}:3128`, "http://x/"],
    { host: address, port: 3128 },
  ],
  ["a static binary, to a name", ["busybox", "wget", "-O-", `http://${name}/a`], { by: ["dns"], host: name }],
  [
    "a static binary, to an address",
    ["busybox", "wget", "-O-", `http://${address}:8080/`],
    { host: address, port: 8080 },
  ],
  ["urllib", python(`import urllib.request as r; r.urlopen("http://${name}/a")`), { by: ["dns"], host: name }],
  [
    "asyncio",
    python(`import asyncio; asyncio.run(asyncio.open_connection("${address}", 443))`),
    { host: address, port: 443 },
  ],
  [
    "a curl of Python's",
    python(`import subprocess as s; s.check_call(["curl", "-sS", "https://${name}"])`),
    { host: name },
  ],
  [
    "DNS by a socket of its own",
    python(`import socket as s
o = s.socket(s.AF_INET, s.SOCK_DGRAM); o.connect(("${address}", 53)); o.send(${query}); o.recv(99)`),
    { by: ["dns"], host: name },
  ],
  [
    "a datagram",
    python(`import socket as s
o = s.socket(s.AF_INET, s.SOCK_DGRAM); o.connect(("${address}", 123)); o.send(b"x"); o.recv(99)`),
    { host: address, port: 123 },
  ],
  [
    "a datagram over IPv6",
    python(`import socket as s
o = s.socket(s.AF_INET6, s.SOCK_DGRAM); o.connect(("${six}", 443)); o.send(b"x"); o.recv(99)`),
    { host: six, port: 443 },
  ],
  ["fetch", node(`fetch("https://${name}/a")`), { by: ["dns"], host: name }],
  ["node:net", node(`require("net").connect(443, "${address}")`), { by: ["connection"], host: address, port: 443 }],
  [
    "a worker",
    node(`new (require("worker_threads").Worker)('fetch("http://${address}:81/")', { eval: true })`),
    { host: address, port: 81 },
  ],
  [
    "a child of Node's",
    node(`require("child_process").execFileSync("curl", ["-sS", "http://${address}:82/"])`),
    { host: address, port: 82 },
  ],
];

describe.each(users)("as %s", (_, as) => {
  test("what was seen from below is told whatever the command does with the file of attempts", async () => {
    const text = `rm -f "$PRELOAD_ATTEMPTS"; mkfifo "$PRELOAD_ATTEMPTS"; curl -sS http://${address}:81/`;

    const { attempts } = await tryToLeave(["sh", "-c", text], { as });

    expect(attempts).toEqual([expect.objectContaining({ host: address, port: 81 })]);
  });

  for (const [what, command, noted] of ways) {
    test.skipIf(!has(command[0] ?? ""))(`${what} does not get out, and is noted`, async () => {
      const { code, attempts, stderr } = await tryToLeave(command, { as });

      expect(code, stderr).not.toBe(0);
      expect(attempts, stderr).toEqual([expect.objectContaining(noted)]);
    });
  }

  test("a datagram to a group or to everybody reaches nobody outside, and is noted unless it was to stay here", async () => {
    const text = `
import socket as s
def send(family, to, *options):
    o = s.socket(family, s.SOCK_DGRAM)
    for option in options: o.setsockopt(*option)
    o.sendto(b"xxxxxxxx", to)
send(s.AF_INET, ("224.0.0.251", 5353))
send(s.AF_INET6, ("ff02::fb", 5353, 0, s.if_nametoindex("lo")))
send(s.AF_INET, ("255.255.255.255", 9), (s.SOL_SOCKET, s.SO_BROADCAST, 1))
send(s.AF_INET, ("239.1.2.3", 7), (s.IPPROTO_IP, s.IP_MULTICAST_TTL, 0))
send(s.AF_INET6, ("ff02::1:3", 7, 0, s.if_nametoindex("lo")), (s.IPPROTO_IPV6, s.IPV6_MULTICAST_HOPS, 0))
send(s.AF_INET, ("127.0.0.1", 7))`;

    const { attempts, stderr } = await tryToLeave(python(text), { as });

    expect(
      attempts.map(({ host, port }) => [host, port]),
      stderr,
    ).toEqual([
      ["224.0.0.251", 5353],
      ["ff02::fb", 5353],
      ["255.255.255.255", 9],
    ]);
  });

  test("a proxy that was inherited is not asked, and who was meant is noted", async () => {
    const proxies = {
      HTTPS_PROXY: `http://${address}:3128`,
      https_proxy: `http://${address}:3128`,
      ALL_PROXY: `socks5://${address}`,
    };

    const { code, attempts } = await tryToLeave(["curl", "-sS", `https://${name}/a`], { as, env: proxies });

    expect(code).toBe(6);
    expect(attempts).toEqual([expect.objectContaining({ by: ["dns"], host: name })]);
  });

  test("who asks whether there is a network hears that there is none", async () => {
    const text = `
import socket
for host, port in (("8.8.8.8", 53), ("1.1.1.1", 80), ("1.1.1.1", 443)):
    try: socket.create_connection((host, port), timeout=5); print("online")
    except ConnectionError as error: print(type(error).__name__)
try: socket.getaddrinfo("one.one.one.one", 80)
except socket.gaierror as error: print(error.errno == socket.EAI_AGAIN)`;

    const { stdout } = await tryToLeave(python(text), { as });

    expect(stdout.trim().split("\n")).toEqual([
      "ConnectionRefusedError",
      "ConnectionRefusedError",
      "ConnectionRefusedError",
      "True",
    ]);
  });

  test("what stays inside is nobody's business, whatever its address", async () => {
    const text = `
import socket, sys
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "10.1.2.3")):
    server = socket.socket(family); server.bind((host, 0)); server.listen()
    socket.create_connection(server.getsockname()[:2]).sendall(b"x"); print(server.accept()[0].recv(1))
try: socket.create_connection(("127.0.0.1", 1))
except ConnectionRefusedError: print("refused")
socket.create_connection(("192.0.2.77", 77))`;

    const { stdout, attempts } = await tryToLeave(python(text), { as });

    expect(stdout.trim().split("\n")).toEqual(["b'x'", "b'x'", "b'x'", "refused"]);
    expect(attempts.map(({ host }) => host)).toEqual(["192.0.2.77"]);
  });
});

test("somebody can cut the network here, or none of this was shown", () => {
  if (process.env.CI) expect(users.length).toBeGreaterThan(0);
});
