import type { Reply } from "@preload/core/testing";
import type { WhisperModel } from "./catalog.ts";

/** Answers as whisper's CDN: `/<sha256>/<file>`. */
export function answerAsWhisper(path: string, models: readonly WhisperModel[]): Reply | undefined {
  const found = models.find(({ sha256, file }) => path === `/${sha256}/${file}`);
  return found && { headers: { "content-type": "application/octet-stream" }, body: found.body };
}
