import { encodings } from "@preload/url-fetcher";
import type { Asked } from "./asked.ts";

/** The files of tiktoken's encodings, by the table that says which they are. */
export function askedOfTiktoken(address: URL): Asked | undefined {
  if (address.hostname !== "openaipublic.blob.core.windows.net") return undefined;
  const file = address.pathname.slice(address.pathname.lastIndexOf("/") + 1);
  if (!/\.(?:tiktoken|bpe)$|\/encoder\.json$/.test(address.pathname)) return undefined;
  const url = `https://${address.hostname}${address.pathname}`;
  // Some names share a file: any of them brings it.
  const [known] = Object.entries(encodings).find(([, files]) => files.some((one) => one.url === url)) ?? [];
  return { kind: "file", ref: `tiktoken:${known ?? url}`, file };
}
