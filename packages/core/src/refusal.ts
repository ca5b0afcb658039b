import { publicUrl } from "./addresses.ts";
import { PreloadError } from "./errors.ts";
import { retriableStatus } from "./retry.ts";
import type { OpenAnswer } from "./types.ts";
import { whatItSaid } from "./what-it-said.ts";

/** A status instead of the bytes. */
export interface Refusal {
  readonly error: PreloadError;
  readonly retriable: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Who answered, and with what; missing when there was no answer. */
  readonly answered?: { readonly host: string; readonly status: number };
}

/** Says what a status means for a file that ought to be there. */
export async function refusal(answer: OpenAnswer, url: string, { gated }: { gated: boolean }): Promise<Refusal> {
  const { status, headers } = answer;
  const host = new URL(answer.url).host;
  // A signed address that is no longer valid: asking the source again gives a fresh one.
  const expired = status === 403 && new URL(answer.url).origin !== new URL(url).origin;
  const said = headers["x-error-message"] ? `: ${whatItSaid(headers["x-error-message"])}` : "";
  return { error: errorFor(), retriable: expired || retriableStatus.has(status), headers, answered: { host, status } };

  function errorFor(): PreloadError {
    const details = { host, cause: `HTTP ${status}` };
    const message = `${host} answers ${status}${said}\n  for ${publicUrl(url)}`;
    if (status === 401 || (status === 403 && !expired)) {
      if (gated || headers["x-error-code"] === "GatedRepo") {
        return new PreloadError("GATED", message, {
          details,
          hint:
            status === 401
              ? "Accept the terms on the model's page and set HF_TOKEN to a token of that account."
              : "The token is valid, but its account has not accepted the terms on the model's page.",
        });
      }
      return new PreloadError("UNAUTHORIZED", message, {
        details,
        hint: "Set a token that may read it, or check the mirror's access rules.",
      });
    }
    if (status === 404 || status === 410) {
      return new PreloadError("NOT_FOUND", message, {
        details,
        hint: "A mirror may lack it. If its source does, too, `preload lock` with its name looks for what replaced it.",
      });
    }
    if (status === 429)
      return new PreloadError("RATE_LIMITED", message, {
        details,
        hint: "Run the same command again later; it continues where it stopped.",
      });
    return new PreloadError("NETWORK", message, {
      details,
      hint: "Run the same command again; it continues where it stopped.",
    });
  }
}
