import { PreloadError } from "@preload/core";
import { endpointsFor, findToken, tokenOrigins } from "@preload/hf-fetcher";
import { namedHubEndpoints } from "../fetchers.ts";
import type { KnownModel } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";

const { ok, note, warning } = on("token");

/** Where the Hub's token comes from and who sees it. Never the token. */
export async function tokenFindings(session: Session, known: readonly KnownModel[]): Promise<Finding[]> {
  const { machine } = session;
  const hidden = await findIn({ ...machine, env: { ...machine.env, HF_HUB_DISABLE_IMPLICIT_TOKEN: undefined } });
  if (hidden instanceof PreloadError) {
    return [
      warning(hidden.message, { why: "Gated models cannot be fetched.", ...(hidden.hint ? { fix: hidden.hint } : {}) }),
    ];
  }
  const gated = known.filter(({ manifest }) => manifest?.gated !== undefined).map(({ ref }) => ref);
  if (!hidden) {
    if (gated.length === 0) return [ok("none, and no known model needs one")];
    return [
      warning(`none, and ${gated.join(", ")} asks for one`, {
        why: "What is not there yet of gated models cannot be fetched. Using them needs no token.",
        fix: "Set HF_TOKEN.",
      }),
    ];
  }
  if (!(await findIn(machine))) {
    return [
      note(`${hidden.source} holds one, and HF_HUB_DISABLE_IMPLICIT_TOKEN keeps it from being sent`, {
        fix: "Unset HF_HUB_DISABLE_IMPLICIT_TOKEN if gated models are to be fetched.",
      }),
    ];
  }
  const origins = tokenOrigins(endpointsFor(namedHubEndpoints(session), machine));
  const shown = ok(`from ${hidden.source}, shown to ${origins.join(", ")} and to nobody else`);
  if (hidden.token.startsWith("hf_")) return [shown];
  return [
    shown,
    note("it does not begin with hf_", {
      why: "pyannote.audio drops such a token; the Hub's own begin so since 2022.",
      fix: "Look whether it was copied whole, or make a new one at https://huggingface.co/settings/tokens.",
    }),
  ];
}

async function findIn(machine: Session["machine"]) {
  try {
    return await findToken(machine);
  } catch (error) {
    if (error instanceof PreloadError) return error;
    throw error;
  }
}
