export { type CacheDir, cacheDir } from "./cache-dir.ts";
export { aliases, checkpoints, names } from "./checkpoints.ts";
export { whisperInventory } from "./inventory.ts";
export { type WhisperOptions, whisper, whisperOptions } from "./whisper.ts";
