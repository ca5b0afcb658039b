import type { Asked } from "./asked.ts";

/** The checkpoints that torch.hub opens; what pip asks of the same host is none. */
export function askedOfTorch({ hostname, pathname }: URL): Asked | undefined {
  if (hostname !== "download.pytorch.org" || !/\.(?:pth|pt|th|ckpt|bin|safetensors)$/.test(pathname)) return undefined;
  const [, name] = /^\/models\/([\w.+-]+)$/.exec(pathname) ?? [];
  const file = pathname.slice(pathname.lastIndexOf("/") + 1);
  // An @ would begin the revision.
  const ref = name ?? `https://${hostname}${pathname}`.replaceAll("@", "%40");
  return { kind: "file", ref: `torch:${ref}`, file };
}
