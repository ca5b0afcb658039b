import { onTestFinished } from "vitest";
import { type Body, type Origin, serve } from "../../testing/index.ts";

export type Files = Readonly<Record<string, Body | Uint8Array | string>>;

/** An origin that has each file under its name, until the test ends. */
export async function serveFiles(files: Files): Promise<Origin> {
  const origin = await serve(Object.fromEntries(Object.entries(files).map(([name, body]) => [`/${name}`, body])));
  onTestFinished(() => origin.close());
  return origin;
}

/** The names of the files that were asked for, in order of arrival. */
export function asked(origin: Origin): string[] {
  return origin.requests.map(({ path }) => path.slice(1));
}
