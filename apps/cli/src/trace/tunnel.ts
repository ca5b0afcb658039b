import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { PreloadError, proxyFor, withLiteralPercent } from "@preload/core";

/**
 * A connection to a host, directly or through the proxy that the caller's own environment names for it.
 *
 * @throws PreloadError when it is the proxy that fails; else the error of the connection
 */
export function openTunnel(host: string, port: number): Promise<Duplex> {
  const proxy = proxyFor(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  return proxy === undefined ? direct(host, port) : through(proxy, host, port);
}

function direct(host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function through(proxy: string, host: string, port: number): Promise<Duplex> {
  const { protocol, hostname, port: proxyPort, username, password } = withLiteralPercent(proxy);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new PreloadError("USAGE", `the proxy in the environment is not one of HTTP, but ${protocol}`);
  }
  const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const request = (protocol === "https:" ? httpsRequest : httpRequest)({
    agent: false,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: proxyPort || (protocol === "https:" ? 443 : 80),
    method: "CONNECT",
    path: target,
    headers: {
      host: target,
      ...(username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(both).toString("base64")}` }),
    },
  });
  return new Promise((resolve, reject) => {
    request.once("error", (error) =>
      reject(new PreloadError("NETWORK", `the proxy cannot be reached: ${error.message}`)),
    );
    request.once("connect", (answer, socket, head) => {
      if (answer.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new PreloadError("NETWORK", `the proxy answers ${answer.statusCode} for ${target}`));
    });
    request.end();
  });
}
