export { type Attempt, appendAttempt, readAttempts } from "./attempt.ts";
