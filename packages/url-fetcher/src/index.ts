export type { CacheDir } from "./cache-dir.ts";
export { encodings } from "./encodings.ts";
export type { FileFetcherOptions } from "./file-fetcher.ts";
export { filePlaces, searchedPlaces } from "./file-places.ts";
export { ggml, ggmlOptions } from "./ggml.ts";
export {
  ggmlInventory,
  nltkInventory,
  tiktokenInventory,
  torchInventory,
  urlInventory,
} from "./inventory.ts";
export { nltk, nltkOptions } from "./nltk.ts";
export { tiktoken, tiktokenOptions } from "./tiktoken.ts";
export { torch, torchOptions } from "./torch.ts";
export { url, urlOptions } from "./url.ts";
