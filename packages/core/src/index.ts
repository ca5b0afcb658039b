export { addressesOf, getFirst } from "./addresses.ts";
export { digestOf, hexOf, isDigest } from "./digest.ts";
export {
  causeOf,
  codeOf,
  type ErrorCode,
  exitCodeOf,
  exitCodes,
  isMissing,
  PreloadError,
  type PreloadErrorOptions,
  worstExitCode,
} from "./errors.ts";
export { createHttp, type HttpOptions, isLoopback } from "./http.ts";
export { safePath } from "./paths.ts";
export { type Machine, thisMachine } from "./platform.ts";
export { formatRef, parseRef } from "./ref.ts";
export type * from "./types.ts";
export { openZip, type ZipFile, type ZipMember, type ZipSource } from "./zip.ts";
