import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Every open socket of a server, the hijacked ones of a proxy too. */
export function track(server: Server, onConnection: () => void = () => {}): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    onConnection();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

/** Stops listening and ends every connection, whatever it is doing. */
export async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
}
