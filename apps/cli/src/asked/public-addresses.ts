import type { Fetchers, Machine, Mirror } from "@preload/core";

const hub = "https://huggingface.co/";

/** The bases that stand in for public ones here: those of the config, of flags and variables, and `HF_ENDPOINT`. */
export function mirrorsAsked(fetchers: Fetchers, { env }: Pick<Machine, "env">): readonly Mirror[] {
  // A file that a program of one's own fetches means no more under a mirror than it does by itself.
  const known = Object.values(fetchers).filter(({ name }) => name !== "url");
  // The clients read the variable, also where a config names other endpoints for us.
  const endpoint = env.HF_ENDPOINT?.replace(/\/+$/, "");
  return [
    ...known.flatMap(({ mirrors }) => mirrors),
    ...(endpoint && URL.canParse(endpoint) ? [{ base: hub, mirrors: [`${endpoint}/`] }] : []),
  ];
}

/** The public addresses that a requested one may stand for, the likeliest first; without a mirror, itself. */
export function publicAddresses(host: string, path: string, mirrors: readonly Mirror[]): readonly URL[] {
  const asked = addressOf(host, path);
  if (asked === undefined) return [];
  const candidates = mirrors
    .flatMap(({ base, mirrors: bases }) => bases.map((mirror) => ({ base, mirror: new URL(mirror) })))
    .filter(({ mirror }) => isSameHost(asked, mirror) && asked.pathname.startsWith(mirror.pathname))
    .sort((one, other) => other.mirror.pathname.length - one.mirror.pathname.length);
  return [...candidates.map(({ base, mirror }) => new URL(base + asked.pathname.slice(mirror.pathname.length))), asked];
}

function addressOf(host: string, path: string): URL | undefined {
  const bare = host.includes(":") && !/^\[|^[^:]*:\d+$/.test(host) ? `[${host}]` : host;
  const text = `https://${bare}${path.startsWith("/") ? path : `/${path}`}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Who noticed a request may not have seen its port. */
function isSameHost(asked: URL, mirror: URL): boolean {
  return asked.hostname === mirror.hostname && (asked.port === "" || asked.port === mirror.port);
}
