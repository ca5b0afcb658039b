import { isLoopback, type Resolution } from "@preload/core";
import type { Session } from "./session.ts";

/** Says which models a fetched one opens that were not fetched, and how to add them. */
export function noticeUnfetched(resolutions: readonly Resolution[], { display, fetchers }: Session): string[] {
  const fetched = new Set(resolutions.map(({ ref }) => ref));
  const told = resolutions.flatMap((resolution) =>
    (resolution.manifest?.requires ?? [])
      .filter(({ ref }) => !fetched.has(ref) || ref === resolution.ref)
      .map(({ ref, why }) => {
        if (ref === resolution.ref) {
          return `${ref} has ${why}, and which was not fetched; if you trust it, say \`code: true\` beside it in the config`;
        }
        const isOurs = fetchers[ref.slice(0, ref.indexOf(":"))] !== undefined;
        return isOurs
          ? `${resolution.ref} opens ${ref}, which was not fetched (${why}); to have it, add ${ref} to the models`
          : `${resolution.ref} needs ${ref.replace(/^pip:/, "the Python package ")}, which preload does not install`;
      }),
  );
  for (const text of told) display.notice(`notice ${text}`);
  return told;
}

/** Warns of mirrors that anybody on the way can read along with. */
export function warnOfPlainMirrors({ fetchers, display, offline }: Session): void {
  if (offline !== undefined) return;
  const urls = Object.values(fetchers).flatMap(({ mirrors }) => mirrors.flatMap((mirror) => mirror.mirrors));
  for (const origin of new Set(urls.filter(isPlain).map((url) => new URL(url).origin))) {
    display.notice(`warning ${origin} is plain http: others can read along, and no token is sent to it`);
  }
}

function isPlain(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !isLoopback(hostname);
}
