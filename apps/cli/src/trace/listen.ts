import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of ours on loopback. */
export interface Listening {
  readonly url: string;
  /** Ends it with all of its connections, whatever they are at. May be called again. */
  close(): Promise<void>;
}

interface ListenOptions {
  url(port: number): string;
  /** What else has to end. */
  onClose?(): void;
  /** What is to be awaited when it has ended. */
  onClosed?(): Promise<void>;
}

/** Starts a server on a free port of loopback. */
export async function listen(
  server: Server,
  { url, onClose = () => {}, onClosed = async () => {} }: ListenOptions,
): Promise<Listening> {
  // The client decides how long it waits; the server is there for as long as the command runs.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: url(port),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      onClose();
      await closed;
      await onClosed();
    },
  };
}
