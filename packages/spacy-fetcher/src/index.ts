export { type ImportRoot, importRoot } from "./import-root.ts";
export { spacyInventory } from "./inventory.ts";
export { canonicalRef } from "./pipeline-name.ts";
export { type ClearPthOptions, clearPth, pthLine, writePth } from "./pth.ts";
export { type SitePackages, sitePackagesOf } from "./site-packages.ts";
export { type SpacyFetcher, type SpacyOptions, spacy, spacyOptions } from "./spacy.ts";
export { type SpacyVersion, spacyVersionOf } from "./spacy-version.ts";
