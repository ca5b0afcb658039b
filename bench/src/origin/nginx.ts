import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface NginxOptions {
  readonly dir: string;
  readonly tls: { readonly key: string; readonly cert: string };
}

/** Serves the bytes with `sendfile`, at the least cost to the processors that the clients run on. */
export async function startNginx({ dir, tls }: NginxOptions): Promise<{ http: string; https: string; stop(): void }> {
  const home = join(dirname(dir), "nginx");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "key.pem"), tls.key, { mode: 0o600 });
  writeFileSync(join(home, "cert.pem"), tls.cert);
  const [http, https] = [await freePort(), await freePort()];
  const config = join(home, "nginx.conf");
  writeFileSync(config, configuration(home, dir, http, https));
  const server = spawn("nginx", ["-c", config, "-p", home, "-e", join(home, "error.log")], { stdio: "inherit" });
  server.once("error", (error) => {
    throw new Error("nginx does not start: it is needed, `apt install nginx-light`", { cause: error });
  });
  await untilAnswering(http);
  return { http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}`, stop: () => server.kill("SIGTERM") };
}

function configuration(home: string, dir: string, http: number, https: number): string {
  const isRoot = process.getuid?.() === 0;
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${home}/${kind};`);
  return `
${isRoot ? "user root;" : ""}
daemon off;
worker_processes 2;
pid ${home}/pid;
events { worker_connections 1024; }
http {
  ${temp.join(" ")}
  access_log off;
  default_type application/octet-stream;
  types { application/json json; }
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=100;
  etag on;
  server {
    listen 127.0.0.1:${http};
    listen 127.0.0.1:${https} ssl;
    ssl_certificate ${home}/cert.pem;
    ssl_certificate_key ${home}/key.pem;
    ssl_protocols TLSv1.3;
    root ${dir};
  }
}
`;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilAnswering(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) return;
    await sleep(50);
  }
  throw new Error("nginx does not answer");
}
