import { isDigest } from "./digest.ts";

/**
 * The first thing that keeps a value from being a manifest, in words; undefined when it is one.
 * Paths are checked where they are used, by `checkedManifest`.
 */
export function whatIsWrong(model: unknown): string | undefined {
  if (!isObject(model)) return "it is not an object";
  if (typeof model.revision !== "string") return "it has no revision";
  if (typeof model.path !== "string") return "it has no path";
  if (!isObject(model.options)) return "it has no options";
  if (model.license !== undefined && typeof model.license !== "string") return "its license is not a text";
  if (![undefined, "auto", "manual"].includes(model.gated as string | undefined))
    return "it is gated in a way unknown here";
  if (!isObject(model.leftOut) || !isCount(model.leftOut.files) || !isCount(model.leftOut.bytes)) {
    return "it does not say what it leaves out";
  }
  if (!Array.isArray(model.requires)) return "it has no list `requires`";
  if (!Array.isArray(model.entries)) return "it has no entries";
  const requirement = model.requires.findIndex((value) => !isRequirement(value));
  if (requirement !== -1) return `requirement ${requirement + 1} is not one`;
  const entry = model.entries.findIndex((value) => !isEntry(value));
  return entry === -1 ? undefined : `entry ${entry + 1} is not one`;
}

function isRequirement(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.ref === "string" &&
    typeof value.why === "string" &&
    typeof value.safe === "boolean" &&
    (value.options === undefined || isObject(value.options))
  );
}

function isEntry(value: unknown): boolean {
  if (!isObject(value) || typeof value.path !== "string") return false;
  switch (value.type) {
    case "file":
      return isFetchable(value);
    case "link":
      return typeof value.target === "string";
    case "text":
      return typeof value.text === "string";
    case "absent":
      return Array.isArray(value.names) && value.names.every((name) => typeof name === "string");
    case "archive":
      return (
        (value.format === "wheel" || value.format === "zip") &&
        isFetchable(value) &&
        Array.isArray(value.members) &&
        value.members.every(isMember)
      );
    default:
      return false;
  }
}

function isFetchable(value: Record<string, unknown>): boolean {
  return (
    typeof value.url === "string" && /^https?:\/\/[^/]/.test(value.url) && URL.canParse(value.url) && isContent(value)
  );
}

function isMember(value: unknown): boolean {
  return isObject(value) && typeof value.path === "string" && isContent(value);
}

function isContent({ size, digest }: Record<string, unknown>): boolean {
  return isCount(size) && typeof digest === "string" && isDigest(digest);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
