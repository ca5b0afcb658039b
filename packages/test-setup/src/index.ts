export { blockNetwork } from "@preload/guards";
export type { SetupOptions } from "./options.ts";
export type { Preloaded, PreloadedModel } from "./preloaded.ts";
export { requireModel, type Skippable } from "./require-model.ts";
export { preloaded } from "./run-folder.ts";
