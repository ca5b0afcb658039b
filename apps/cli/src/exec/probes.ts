import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import type { Address } from "./messages.ts";

/** Doors that are open outside, for those inside to find closed. */
export interface Probes {
  readonly addresses: readonly Address[];
  close(): void;
}

/** One on loopback, and one on an address that others see, where there is one. */
export async function openProbes(): Promise<Probes> {
  const [outward] = ownAddresses().filter(({ isLoopback }) => !isLoopback);
  const hosts = ["127.0.0.1", ...(outward === undefined ? [] : [outward.address])];
  const doors = (await Promise.all(hosts.map(door))).flat();
  return {
    addresses: doors.map(({ address }) => address),
    close() {
      for (const { server } of doors) server.close();
    },
  };
}

/** Addresses of this machine, but for those that hold only with the name of a device. */
export function ownAddresses(): readonly { readonly address: string; readonly isLoopback: boolean }[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return all.flatMap(({ address, internal }) =>
    address.startsWith("fe80:") ? [] : [{ address, isLoopback: internal }],
  );
}

/** An address that cannot be listened on shows nothing. */
function door(host: string): Promise<{ server: Server; address: Address }[]> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve([]));
    server.listen(0, host, () => {
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? [{ server, address: { host, port: bound.port } }] : []);
    });
    server.unref();
  });
}
