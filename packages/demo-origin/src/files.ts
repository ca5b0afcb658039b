import type { Body, Reply } from "@preload/core/testing";

/** Answers for any host: `/<host>/<path>`, as a mirror of many does. */
export function answerAsFiles(path: string, files: Readonly<Record<string, Body | Uint8Array>>): Reply | undefined {
  const [name = ""] = path.slice(1).split("?");
  const body = Object.hasOwn(files, name) ? files[name] : undefined;
  return body && { headers: { "content-type": "application/octet-stream" }, body };
}
