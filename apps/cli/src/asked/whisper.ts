import { checkpoints } from "@preload/whisper-fetcher";
import type { Asked } from "./asked.ts";
import { segmentsOf } from "./segments.ts";

/** `/main/whisper/models/<sha256>/<name>.pt`, and nothing else of that host. */
export function askedOfWhisper(address: URL): Asked | undefined {
  if (address.hostname !== "openaipublic.azureedge.net") return undefined;
  const [main, whisper, models, sha256 = "", file = "", ...more] = segmentsOf(address);
  if (main !== "main" || whisper !== "whisper" || models !== "models" || more.length > 0) return undefined;
  if (!/^[0-9a-f]{64}$/.test(sha256) || !/^[\w.-]+\.pt$/.test(file)) return undefined;
  const [known] = Object.entries(checkpoints).find(([, checkpoint]) => checkpoint.sha256 === sha256) ?? [];
  // The digest of a published one goes without saying; of another it is all that tells which one is meant.
  if (known !== undefined) return { kind: "file", ref: `whisper:${known}`, file };
  return { kind: "file", ref: `whisper:${file.slice(0, -".pt".length)}`, revision: sha256, file };
}
