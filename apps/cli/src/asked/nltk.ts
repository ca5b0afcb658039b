import type { Asked } from "./asked.ts";
import { segmentsOf } from "./segments.ts";

/** NLTK's data: `packages/<folder>/<id>.zip`, and the index of all of them. */
export function askedOfNltk(address: URL): Asked | undefined {
  if (address.hostname !== "raw.githubusercontent.com") return undefined;
  const [org, repository, , ...path] = segmentsOf(address);
  if (org !== "nltk" || repository !== "nltk_data") return undefined;
  const [top = "", , file = ""] = path;
  if (top === "index.xml") return { kind: "place", scheme: "nltk", what: "NLTK's index" };
  const [, id] = (top === "packages" && /^(\w[\w.-]*)\.zip$/.exec(file)) || [];
  return id === undefined ? undefined : { kind: "file", ref: `nltk:${id}`, file };
}
