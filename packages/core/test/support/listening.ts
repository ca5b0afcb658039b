import { createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server on loopback that does with each connection what it likes. */
export async function listening(
  onSocket: (socket: Socket) => void,
): Promise<{ url: string; port: number; server: Server }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, port, server };
}
