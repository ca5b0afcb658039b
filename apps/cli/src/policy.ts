import { type Config, type Fetchers, PreloadError, type Request, type Resolution, understand } from "@preload/core";

/** @throws PreloadError `POLICY` naming the models that the config does not pin although it says they must be */
export function refuseUnpinned(requests: readonly Request[], { policy, path }: Config, fetchers: Fetchers): void {
  if (!policy.requireCommit) return;
  const unpinned = requests.flatMap((request) => {
    const { parsed, canonical } = understand(request, fetchers);
    const isPinned = /^[0-9a-f]{40}$/.test(parsed.revision ?? "");
    return parsed.scheme !== "hf" || isPinned ? [] : [canonical];
  });
  if (unpinned.length === 0) return;
  throw new PreloadError(
    "POLICY",
    `${path}: its policy requires a commit for every model of the Hub, and these have none\n  ${unpinned.join("\n  ")}`,
    { hint: "Add `revision: <40 hex digits>` to each; `preload plan` shows the commit that a branch has today." },
  );
}

/** Turns models whose license the config does not allow into failures, before a byte of them is fetched. */
export function refuseLicenses(resolutions: readonly Resolution[], { policy }: Config): Resolution[] {
  const allowed = policy.licenses.map((license) => license.toLowerCase());
  if (allowed.length === 0) return [...resolutions];
  return resolutions.map((resolution) => {
    if (resolution.status !== "resolved") return resolution;
    const { request, ref, requiredBy, manifest } = resolution;
    const { license } = manifest;
    if (license !== undefined && allowed.includes(license.toLowerCase())) return resolution;
    const error = new PreloadError(
      "POLICY",
      `${ref}: ${license === undefined ? "it names no license" : `its license is ${license}`}\n  the config allows ${policy.licenses.join(", ")}`,
      { hint: "Add the license to `policy.licenses` if it may be used, or take the model out." },
    );
    return { request, ref, requiredBy, status: "failed", manifest, error };
  });
}
