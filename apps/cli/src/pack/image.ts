import { createHash } from "node:crypto";
import type { Blob } from "./pack-writer.ts";

/** Where the lock is, below the root of the image. */
export const lockPath = "preload/preload.lock";

/** The annotation of a layer that says which model it brings. */
const modelAnnotation = "dev.preload.model";

/** What the image is called within its file: tools that want a name take this one. */
const imageName = "models";

export const layerType = "application/vnd.oci.image.layer.v1.tar";
export const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";

export interface Layer extends Blob {
  /** The model it brings; none for the first one, which brings the lock. */
  readonly ref?: string;
}

export interface ImageFiles {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly manifestDigest: `sha256:${string}`;
  readonly index: Buffer;
  readonly layout: Buffer;
}

/**
 * What makes an image of layers. Without a date, since the same models are the same image. The config has to name a
 * platform: `linux/amd64` is one that every tool knows. What lists the image names none, so that none is refused it:
 * models are for all of them.
 */
export function imageOf(layers: readonly Layer[]): ImageFiles {
  const config = json({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map(({ ref }) => ({ created_by: ref === undefined ? "preload pack" : `preload pack ${ref}` })),
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: sha256(config), size: config.byteLength },
    layers: layers.map(({ ref, digest, size }) => ({
      mediaType: layerType,
      digest,
      size,
      ...(ref === undefined ? {} : { annotations: { [modelAnnotation]: ref } }),
    })),
  });
  const manifestDigest = sha256(manifest);
  const index = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: manifestType,
        digest: manifestDigest,
        size: manifest.byteLength,
        annotations: { "org.opencontainers.image.ref.name": imageName },
      },
    ],
  });
  return { config, manifest, manifestDigest, index, layout: json({ imageLayoutVersion: "1.0.0" }) };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Buffer): `sha256:${string}` {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
