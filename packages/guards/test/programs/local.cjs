// Talks to itself in every way that is nobody's business, and prints what came back.
const { mkdtempSync, rmSync } = require("node:fs");
const dgram = require("node:dgram");
const dns = require("node:dns");
const http = require("node:http");
const net = require("node:net");
const { networkInterfaces, tmpdir } = require("node:os");
const { join } = require("node:path");

const folder = mkdtempSync(join(tmpdir(), "preload-local-"));
process.once("exit", () => rmSync(folder, { recursive: true }));
const path = join(folder, "socket");
const server = http.createServer((_, response) => response.end("hello"));
const local = http.createServer((_, response) => response.end("by socket"));
const text = (options) =>
  new Promise((done, fail) =>
    http.get(options, (response) => response.setEncoding("utf8").on("data", done)).on("error", fail),
  );

async function main() {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  await new Promise((done) => local.listen(path, done));
  const { port } = server.address();
  const datagrams = dgram.createSocket("udp4");
  await new Promise((done) => datagrams.bind(0, "127.0.0.1", done));
  const received = new Promise((done) => datagrams.once("message", (message) => done(`${message}`)));
  dgram.createSocket("udp4").unref().send("by datagram", datagrams.address().port);
  // This machine by the addresses that others know it by. Without a network it has none.
  const own = Object.values(networkInterfaces()).flatMap((all) => all.filter(({ family }) => family === "IPv4"));
  for (const { address } of own) {
    const listening = net.createServer().listen(0, address);
    await new Promise((done) => listening.once("listening", done));
    await new Promise((done, fail) => net.connect(listening.address().port, address, done).on("error", fail));
    listening.close();
  }
  process.stdout.write(
    JSON.stringify([
      await (await fetch(`http://localhost:${port}/`)).text(),
      await text({ port }),
      await text({ socketPath: path, path: "/" }),
      await new Promise((done) =>
        net.connect(port, "127.0.0.1", function () {
          done(this.remoteAddress);
          this.destroy();
        }),
      ),
      (await dns.promises.lookup("localhost", { family: 4 })).address,
      (await dns.promises.lookup("192.0.2.1")).address,
      await received,
    ]),
  );
  process.exit();
}

main();
