import type { Socket } from "node:net";

/** What one receives, the other sends; when one breaks, so does the other. */
export function joined(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on("error", () => other.resetAndDestroy()).on("close", () => other.destroySoon());
  other.on("error", () => one.resetAndDestroy()).on("close", () => one.destroySoon());
}
