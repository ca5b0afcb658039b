import type { Entry, Machine, Manifest, RefOptions } from "@preload/core";
import { createHttp, parseRef } from "@preload/core";
import { type Catalog, type DemoOrigin, type DemoOriginOptions, startDemoOrigin } from "@preload/demo-origin";
import { onTestFinished } from "vitest";
import { type HfFetcherOptions, hf } from "../src/index.ts";

/** A machine on which nothing is set, and whose home does not exist. */
export const machine: Machine = { platform: "linux", env: {}, home: "/nowhere/home", cwd: "/nowhere" };

export function machineWith(env: Machine["env"]): Machine {
  return { ...machine, env };
}

/** A Hub on loopback that holds these repositories, until the test is over. */
export async function hub(catalog: Partial<Catalog>, options: DemoOriginOptions = {}): Promise<DemoOrigin> {
  const whole = { repos: [], whisper: [], spacy: [], tokens: {}, ...catalog };
  const demo = await startDemoOrigin({ ...options, catalog: whole });
  onTestFinished(() => demo.close());
  return demo;
}

/** What a ref means at that Hub. */
export function resolveAt(
  demo: DemoOrigin,
  ref: string,
  refOptions: RefOptions = {},
  options: HfFetcherOptions = {},
): Promise<Manifest> {
  const http = createHttp({ machine, retryDelays: [] });
  const endpoints = [{ url: demo.endpoints.hf, token: true }];
  return hf({ machine, http, endpoints, ...options }).resolve(parseRef(ref, refOptions));
}

/** The files an application sees, by their path in the repository. */
export function filesIn(manifest: Manifest): string[] {
  const root = `${manifest.path}/`;
  return manifest.entries.filter(({ type }) => type === "link").map(({ path }) => path.slice(root.length));
}

/** One line per entry, as the tree of a directory is written. */
export function lines(entries: readonly Entry[]): string[] {
  return entries.map((entry) => {
    switch (entry.type) {
      case "file":
        return `${entry.path} ${entry.size}`;
      case "link":
        return `${entry.path} -> ${entry.target}`;
      case "text":
        return `${entry.path} ${JSON.stringify(entry.text)}`;
      case "absent":
        return `${entry.path}/ without ${entry.names.join(", ")}`;
      case "archive":
        return entry.path;
    }
  });
}
