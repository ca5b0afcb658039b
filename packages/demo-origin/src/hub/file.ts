import { type Body, bytes, gitOid, lfsPointer, sha256 } from "@preload/core/testing";

/** A file as the tree API describes it. */
export interface HubFile {
  path: string;
  size: number;
  /** Git's name for what git holds: the file itself, or the pointer of a large one. */
  oid: string;
  lfs?: { oid: string; size: number; pointerSize: number };
  body: Body;
}

export type IsLfs = (path: string, size: number) => boolean;

const weights = /\.(safetensors|bin|h5|msgpack|ot|onnx|pt|pth|ckpt|gguf|tflite|npz|parquet|whl|zip|gz)$/;

/** What a repository on the Hub usually gives to Git LFS. */
export const isLfs: IsLfs = (path, size) => weights.test(path) || size > 2 ** 20;

export function hubFile(path: string, content: Body | Uint8Array | string, lfs: IsLfs): HubFile {
  const body = typeof content === "string" || content instanceof Uint8Array ? bytes(content) : content;
  const { size } = body;
  if (!lfs(path, size)) return { path, size, oid: gitOid(body), body };
  const pointer = lfsPointer(body);
  return { path, size, oid: gitOid(pointer), lfs: { oid: sha256(body), size, pointerSize: pointer.length }, body };
}
