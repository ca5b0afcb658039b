export { type Attempt, appendAttempt, readAttempts } from "./attempt.ts";
export { type BlockOptions, blockNetwork } from "./block-network.ts";
export { type GuardFiles, type GuardOptions, guardVariables } from "./guard-variables.ts";
export { onAttempt } from "./node/judge.ts";
