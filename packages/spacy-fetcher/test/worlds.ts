import { createHttp, type Machine } from "@preload/core";
import { type DemoOrigin, type Endpoints, spacyRelease, startDemoOrigin } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import { type SpacyFetcher, type SpacyOptions, spacy } from "../src/index.ts";
import { wheelOf } from "./wheels.ts";

/** A machine of which nothing is set. */
export const plain: Machine = { platform: "linux", env: {}, home: "/home/ada", cwd: "/srv" };

type Release = Parameters<typeof spacyRelease>[0];

/** spaCy's releases on loopback: these, or those of the demo. */
export async function origin(releases?: readonly Release[]): Promise<DemoOrigin> {
  const made = releases?.map(spacyRelease);
  const started = await startDemoOrigin(made && { catalog: { repos: [], whisper: [], spacy: made, tokens: {} } });
  onTestFinished(() => started.close());
  return started;
}

/** A release of `en_tiny`, in whatever way it differs from an ordinary one. */
export function tiny(release: Partial<Release> = {}): Release {
  const { name = "en_tiny", version = "3.8.0" } = release;
  return { name, version, wheel: wheelOf({ name, version }), spacyKeys: ["3.8"], ...release };
}

/** A fetcher that asks the loopback, once and for all. */
export function fetcherFor(endpoints: Pick<Endpoints, "spacy">, options: SpacyOptions = {}): SpacyFetcher {
  const { machine = plain } = options;
  return spacy({ machine, endpoints: [endpoints.spacy], http: createHttp({ machine, retryDelays: [] }), ...options });
}
