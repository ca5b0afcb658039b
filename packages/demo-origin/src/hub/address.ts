import type { HubRepo, Kind } from "./repo.ts";

/** What a URL of the Hub asks for. The segments are decoded. */
export interface Address {
  kind: Kind;
  id: string;
  action: "info" | "tree" | "paths-info" | "commits" | "resolve";
  /** What follows the action: a revision, and for some a path. */
  rest: string[];
}

/**
 *   /api/models/org/name                            info
 *   /api/models/org/name/revision/main              info
 *   /api/models/org/name/tree/refs%2Fpr%2F1/onnx    tree
 *   /api/models/org/name/commits/main               commits
 *   /org/name/resolve/main/config.json              resolve
 *   /datasets/org/name/resolve/main/config.json     resolve
 */
export function addressOf(pathname: string): Address | undefined {
  const [first, ...others] = pathname.split("/").slice(1).map(decodeURIComponent);
  if (first === "api") return apiAddress(others);
  if (first === undefined) return undefined;
  if (isKind(first) && first !== "models") return fileAddress(first, others);
  return fileAddress("models", [first, ...others]);
}

/** Splits what follows the action. Some clients encode the slashes of `refs/pr/1`, and some do not. */
export function splitRevision(repo: HubRepo, rest: readonly string[]): { revision: string; path: string } {
  const lengths = rest.map((_, index) => index + 1);
  const known = lengths.find((length) => repo.revisions.has(rest.slice(0, length).join("/"))) ?? 1;
  return { revision: rest.slice(0, known).join("/"), path: rest.slice(known).join("/") };
}

function apiAddress([kind, ...others]: string[]): Address | undefined {
  if (kind === undefined || !isKind(kind) || others.length === 0) return undefined;
  const at = [1, 2].find((index) => ["revision", "tree", "paths-info", "commits"].includes(others[index] ?? ""));
  if (at === undefined)
    return others.length > 2 ? undefined : { kind, id: others.join("/"), action: "info", rest: ["main"] };
  const word = others[at];
  const action = word === "tree" || word === "paths-info" || word === "commits" ? word : "info";
  return { kind, id: others.slice(0, at).join("/"), action, rest: others.slice(at + 1) };
}

function fileAddress(kind: Kind, others: string[]): Address | undefined {
  const at = [1, 2].find((index) => others[index] === "resolve");
  if (at === undefined) return undefined;
  return { kind, id: others.slice(0, at).join("/"), action: "resolve", rest: others.slice(at + 1) };
}

function isKind(word: string): word is Kind {
  return word === "models" || word === "datasets" || word === "spaces";
}
