export { addressesOf, getFirst, publicUrl } from "./addresses.ts";
export type { Agents } from "./agents.ts";
export { type AsPlacedOptions, asPlaced } from "./as-placed.ts";
export { type CheckOptions, check, type Problem, type ProblemReason } from "./check.ts";
export { checkedManifest } from "./checked-manifest.ts";
export {
  allRequests,
  type Config,
  type Policy,
  type Profile,
  profilesWith,
  requestFor,
  requestsOf,
} from "./config.ts";
export { consultedPaths, type LoadConfigOptions, loadConfig, lockPathOf, readConfigText } from "./config-file.ts";
export { configJsonSchema } from "./config-json-schema.ts";
export { connectionsFor } from "./connections.ts";
export { digestOf, finishDigest, hexOf, isDigest, startDigest } from "./digest.ts";
export { digestFile } from "./digest-file.ts";
export { onDisk } from "./disk-error.ts";
export { freeSpace } from "./disk-space.ts";
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
export type { MaterializeEvent, OnEvent } from "./events.ts";
export { writeWhole } from "./fetch-into.ts";
export { type Forecast, forecast } from "./forecast.ts";
export { entriesIn, filesUnder, type HeldFile, type Holding, heldFile, pathsUnder } from "./holding.ts";
export { createHttp, type HttpOptions } from "./http.ts";
export { type Installed, type InstallOptions, install } from "./install.ts";
export { type InstallAllOptions, installAll, type Result } from "./install-all.ts";
export type { Lease } from "./lease.ts";
export { leftoversIn } from "./leftovers.ts";
export { linksByTarget } from "./links-by-target.ts";
export { withLiteralPercent } from "./literal-percent.ts";
export { type Drift, lockDrift, reachable } from "./lock-drift.ts";
export { readLock, writeLock } from "./lock-store.ts";
export { emptyLock, formatLock, type Lock, parseLock, sameOptions } from "./lockfile.ts";
export { isLoopback } from "./loopback.ts";
export { makeFolders } from "./make-folders.ts";
export { type Limit, type MaterializeOptions, type MemberSource, materialize, type Outcome } from "./materialize.ts";
export { namesIn } from "./maybe-there.ts";
export { type Fault, faultOf } from "./network-error.ts";
export { ownedPaths } from "./owned-paths.ts";
export { draftOf, lifeOf, writerOf } from "./owner.ts";
export { safePath, targetOf } from "./paths.ts";
export { piecesOf } from "./pieces-of.ts";
export { allPlaced, forgetPlaced, type Placed } from "./placed.ts";
export { type Machine, thisMachine } from "./platform.ts";
export { proxyFor } from "./proxy.ts";
export { takePruning, untilPruned } from "./pruning.ts";
export { formatRef, parseRef } from "./ref.ts";
export { refuseForeign } from "./refuse-foreign.ts";
export { planRemoval, type Removal, type RemovalItem, withRemnants } from "./removal.ts";
export { remove } from "./remove.ts";
export {
  type Fetchers,
  type Request,
  type Resolution,
  type ResolveAllOptions,
  resolveAll,
  understand,
} from "./resolve-all.ts";
export { longestTimer, type RetryEvent, type RetryOptions, stopped } from "./retry.ts";
export { refusedBy, sizeOf } from "./size-of.ts";
export { openStamps, type Stamps } from "./stamps.ts";
export { allNotes, allRemembered, forget, type Remembered, recall, remember, rememberedAt } from "./state.ts";
export { stateDirOf } from "./state-dir.ts";
export { closest, didYouMean } from "./suggest.ts";
export { type Throttle, throttleTo } from "./throttle.ts";
export { type Trust, trustFor } from "./trust.ts";
export type * from "./types.ts";
export { whatItIs } from "./what-it-is.ts";
export { whatItSaid } from "./what-it-said.ts";
export { writeNote } from "./write-note.ts";
export { openZip, type ZipFile, type ZipMember, type ZipSource } from "./zip.ts";
