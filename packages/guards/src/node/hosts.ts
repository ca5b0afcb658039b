import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

const localNames = new Set([
  "",
  "localhost",
  "localhost.localdomain",
  "ip6-localhost",
  "ip6-loopback",
  "0.0.0.0",
  "::",
]);

/** True for loopback and for this machine, by name or address: what goes there leaves nothing. */
export function isLocal(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (localNames.has(name) || name.endsWith(".localhost")) return true;
  if (isIP(name) !== 0) return /^(::ffff:)?127\.|^::1(%|$)/.test(name) || isOwnAddress(name);
  const own = hostname().toLowerCase();
  return name === own || name.startsWith(`${own}.`);
}

function isOwnAddress(address: string): boolean {
  const [bare] = address.replace(/^::ffff:(?=\d+\.)/, "").split("%");
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === bare));
}

/** `host:port`, as a person writes it. */
export function place({ host, port }: { readonly host: string; readonly port?: number }): string {
  if (port === undefined) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What a URL leads to. Its query may hold secrets, and is left out; nothing for a text that is no URL. */
export function target(text: string): { host: string; port: number; path: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname: host, port, pathname } = new URL(text);
  const usual = protocol === "https:" ? 443 : 80;
  return { host: host.replace(/^\[|\]$/g, ""), port: port === "" ? usual : Number(port), path: pathname };
}
