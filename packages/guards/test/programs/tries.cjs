// Tries to get out in every way that Node has, and prints a line of JSON with what became of each.
const childProcess = require("node:child_process");
const dgram = require("node:dgram");
const dns = require("node:dns");
const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const tls = require("node:tls");
const { promisify } = require("node:util");
const { Worker } = require("node:worker_threads");

const ends = (emitter) =>
  new Promise((done, fail) => emitter.on("error", fail).on("connect", done).on("response", done));
const answered = (ask) => new Promise((done, fail) => ask((error, answer) => (error ? fail(error) : done(answer))));
const sent = (...args) =>
  answered((done) =>
    dgram
      .createSocket("udp4")
      .on("error", done)
      .send(...args, done),
  );
const inChild = "require('node:net').connect(9, '192.0.2.1').on('error', (e) => console.log(e.code))";
const inWorker =
  "fetch('https://worker.invalid/x').catch((e) => require('node:worker_threads').parentPort.postMessage(e.cause.code))";

const tries = {
  fetch: () => fetch("https://fetch.invalid/org/name/resolve/main/config.json?token=secret"),
  http: () => ends(http.get("http://192.0.2.1/path?secret")),
  https: () => ends(https.request({ host: "https.invalid", path: "/head?secret", method: "HEAD" }).end()),
  net: () => ends(net.connect(443, "192.0.2.1")),
  "net, writing at once": () => {
    const socket = net.connect({ host: "192.0.2.1", port: 443 });
    socket.write("hello");
    return ends(socket);
  },
  ipv6: () => ends(net.connect(443, "2001:db8::1")),
  tls: () => ends(tls.connect({ host: "tls.invalid", port: 443 })),
  "dns.lookup": () => promisify(dns.lookup)("lookup.invalid"),
  "dns.promises.lookup": () => dns.promises.lookup("promises.invalid"),
  "dns.resolve4": () => answered((done) => dns.resolve4("resolve4.invalid", done)),
  "dns.promises.resolveMx": () => dns.promises.resolveMx("mx.invalid"),
  "dns.reverse": () => answered((done) => dns.reverse("192.0.2.1", done)),
  "dns.Resolver": () => new dns.promises.Resolver().resolve("resolver.invalid"),
  dgram: () => sent("hello", 53, "192.0.2.1"),
  "dgram, sliced": () => sent(Buffer.from("hello"), 0, 2, 53, "192.0.2.1"),
  worker: () =>
    new Promise((done) =>
      new Worker(inWorker, { eval: true }).on("message", (code) => done({ code })).on("error", done),
    ).then(rethrow),
  "worker with an environment of its own": () =>
    new Promise((done) =>
      new Worker(inWorker, { eval: true, env: {} }).on("message", (code) => done({ code })).on("error", done),
    ).then(rethrow),
  child: async () =>
    rethrow({ code: childProcess.execFileSync(process.execPath, ["-e", inChild], { encoding: "utf8" }).trim() }),
};

function rethrow(error) {
  throw error;
}

async function main() {
  const outcomes = {};
  for (const [name, attempt] of Object.entries(tries)) {
    outcomes[name] = await attempt().then(
      () => "went through",
      (error) => error.cause?.code ?? error.code,
    );
  }
  process.stdout.write(JSON.stringify(outcomes));
}

main();
