import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { addressesOf, codeOf, type Fetcher, PreloadError, proxyFor } from "@preload/core";
import { endpointsFor, findToken } from "@preload/hf-fetcher";
import { checkpoints } from "@preload/whisper-fetcher";
import { namedHubEndpoints } from "../fetchers.ts";
import { type KnownModel, schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { issuerOf } from "./certificate.ts";
import { clockFindings, clockFix, type HostClock } from "./clock.ts";
import { type Finding, on } from "./finding.ts";

const { ok, note, warning, error } = on("network");

/** Asks each source for a byte, step by step, so that it can be told which step fails. The only part that goes online. */
export async function reachFindings(session: Session, known: readonly KnownModel[]): Promise<Finding[]> {
  if (session.offline !== undefined) {
    return [note(`not asked: ${session.offline} forbids the network`, { fix: "Say --online to ask all the same." })];
  }
  const probes = Object.values(session.fetchers).flatMap((fetcher) =>
    probesOf(fetcher, known).flatMap((url) =>
      addressesOf(url, fetcher.mirrors).map((address) => probe(fetcher, address, session)),
    ),
  );
  const reached = await Promise.all(probes);
  return [
    ...reached.map(({ finding }) => finding),
    ...clockFindings(reached.flatMap(({ clock }) => (clock ? [clock] : []))),
    ...(await identity(session)),
  ];
}

interface Reached {
  readonly finding: Finding;
  /** Present when the host said what time it is. */
  readonly clock?: HostClock;
}

/** Small public addresses: of a known model where there is one, since a mirror may hold no other. */
function probesOf({ name, mirrors }: Fetcher, known: readonly KnownModel[]): string[] {
  const urls = known
    .filter(({ ref }) => schemeOf(ref) === name)
    .flatMap(({ manifest }) => manifest?.entries ?? [])
    .flatMap((entry) =>
      entry.type === "file" || entry.type === "archive" ? [{ url: entry.url, size: entry.size }] : [],
    );
  const smallest = urls.sort((one, other) => one.size - other.size)[0]?.url;
  switch (name) {
    case "hf":
      return [smallest ?? "https://huggingface.co/openai-community/gpt2/resolve/main/config.json"];
    case "whisper": {
      const tiny = checkpoints["tiny.en"];
      return [smallest ?? `${mirrors[0]?.base}${tiny?.sha256}/${tiny?.file}`];
    }
    case "spacy":
      return [`${mirrors[0]?.base}master/compatibility.json`, ...(smallest ? [smallest] : [])];
    default:
      return smallest ? [smallest] : [];
  }
}

async function probe(fetcher: Fetcher, address: string, { signal, machine }: Session): Promise<Reached> {
  const { name, http } = fetcher;
  const { host, hostname, port, protocol } = new URL(address);
  const proxy = proxyFor(address);
  const isSecure = protocol === "https:";
  const via = proxy ? new URL(proxy) : { hostname, port, protocol };
  const steps: string[] = [];
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    steps.push(`${step} ${Math.round(performance.now() - start)} ms`);
    return result;
  };
  const shown = `${name.padEnd(7)}  ${host}`;
  try {
    const bare = via.hostname.replace(/^\[|\]$/g, "");
    await timed("name", () => lookup(bare));
    await timed(proxy ? "proxy" : "connection", () =>
      connected(bare, Number(via.port || (via.protocol === "https:" ? 443 : 80))),
    );
    // Behind a proxy, only the request itself shows whose certificate that is.
    let by = "";
    if (isSecure && !proxy) {
      const issuer = await timed("certificate", () => issuerOf(bare, Number(port || 443), machine.env));
      by = `, its certificate by ${issuer}`;
    }
    const { status, date } = await timed("answer", async () => {
      const answer = await http.open(address, { headers: { range: "bytes=0-0" }, signal });
      answer.body.destroy();
      return { status: answer.status, date: Date.parse(answer.headers["date"] ?? "") };
    });
    const finding = judged(`${shown}: ${steps.join(", ")}, status ${status}${by}`, status);
    return Number.isNaN(date) ? { finding } : { finding, clock: { host, ahead: Date.now() - date } };
  } catch (cause) {
    const all = ["name", proxy ? "proxy" : "connection", ...(isSecure && !proxy ? ["certificate"] : []), "answer"];
    const failed = all[steps.length] ?? "answer";
    const why = cause instanceof PreloadError ? cause.message : `${codeOf(cause) ?? cause}`;
    const finding = error(`${shown}: no ${failed} (${why})`, {
      why: `${[...steps, `${failed} failed`].join(", ")}.`,
      fix: clockFix(why) ?? fixes[failed] ?? "Try again later.",
    });
    return { finding };
  }
}

const fixes: Readonly<Record<string, string>> = {
  name: "Check the name, the DNS, and whether a proxy is needed (HTTPS_PROXY).",
  connection: "A firewall may be in between: set HTTPS_PROXY, or use a mirror with --endpoint.",
  proxy: "Check HTTPS_PROXY, and NO_PROXY for hosts that need none.",
  certificate: "If a proxy or a company re-signs https, name its certificate in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.",
  answer: "If a proxy re-signs https, name its certificate in NODE_EXTRA_CA_CERTS.",
};

function judged(what: string, status: number): Finding {
  if (status < 400 || status === 416) return ok(what);
  if (status === 429)
    return warning(what, { why: "The host limits how often it is asked.", fix: "Try again later, or set HF_TOKEN." });
  if (status >= 500)
    return error(what, {
      why: "The host does not do its work now.",
      fix: "Try again later, or use a mirror with --endpoint.",
    });
  return warning(what, {
    why: "The host is there, and does not give what we asked for.",
    fix: "Check the address of the mirror, and the token.",
  });
}

function connected(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 10_000 }, () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => socket.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    socket.once("error", reject);
  });
}

/** Whether the Hub knows the token. */
async function identity(session: Session): Promise<Finding[]> {
  const { machine, fetchers, signal } = session;
  const [endpoint] = endpointsFor(namedHubEndpoints(session), machine);
  const found = await findToken(machine);
  if (!found || !endpoint?.token || !fetchers.hf) return [];
  try {
    const { status, body } = await fetchers.hf.http.get(`${endpoint.url}/api/whoami-v2`, { signal });
    if (status === 200) return [ok(`token    accepted, as ${nameIn(body)}`)];
    return [
      error(`token    from ${found.source} is not accepted (status ${status})`, {
        why: "Gated and private models cannot be fetched, and the Hub may refuse public ones too.",
        fix: "Make a new one at https://huggingface.co/settings/tokens, or unset it.",
      }),
    ];
  } catch (cause) {
    if (!(cause instanceof PreloadError)) throw cause;
    return [warning(`token    could not be checked: ${cause.message}`)];
  }
}

function nameIn(body: Uint8Array): string {
  try {
    const { name } = JSON.parse(Buffer.from(body).toString("utf8")) as { name?: unknown };
    return typeof name === "string" ? name : "somebody";
  } catch {
    return "somebody"; // A mirror that answers with something else.
  }
}
