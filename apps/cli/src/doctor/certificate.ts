import { connect } from "node:tls";
import { trustFor } from "@preload/core";

/**
 * Who signed the certificate of a host, as we would accept it: a company's own proxy shows itself by its name.
 *
 * @throws the system's error, with its code, when it is not accepted
 */
export async function issuerOf(
  host: string,
  port: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const trust = await trustFor(env);
  return new Promise((resolve, reject) => {
    // An address is no name that a server could be asked for.
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connect({ host, port, timeout: 10_000, ...trust, ...name }, () => {
      const { issuer } = socket.getPeerCertificate();
      socket.destroy();
      resolve([issuer?.O ?? issuer?.CN ?? "somebody without a name"].flat().join(", "));
    });
    socket.once("timeout", () => socket.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    socket.once("error", reject);
  });
}
