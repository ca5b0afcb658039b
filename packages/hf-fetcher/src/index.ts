export { type CacheDir, hfHome, hfHubCacheDir } from "./cache-dir.ts";
export { type Endpoint, endpointsFor, tokenOrigins } from "./endpoints.ts";
export { pythonFnmatch } from "./fnmatch.ts";
export { type HfFetcherOptions, hf, hfOptions } from "./hf.ts";
export { hubInventory } from "./inventory.ts";
export { fasterWhisperSizes, isOriginalTransformer } from "./names.ts";
export { hubRemnants } from "./remnants.ts";
export { type Repo, repoFolderName, repoOf } from "./repo.ts";
export { type FoundToken, findToken } from "./token.ts";
