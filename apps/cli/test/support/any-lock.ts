import type { ArchiveEntry, Entry, FileEntry, Manifest } from "@preload/core";
import fc from "fast-check";

/** Models as their fetchers lay them out, of any name, revision and content. Each ref once. */
export const anyModels = (most = 5) =>
  fc.uniqueArray(fc.oneof(anyRepository(), anyCheckpoint(), anyPipeline()), {
    minLength: 1,
    maxLength: most,
    // On some file systems two names in other case are one.
    selector: ({ ref }) => ref.toLowerCase(),
  });

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const size = fc.nat({ max: 9_000_000_000 });
const digest = hex(64).map((digits) => `sha256:${digits}` as const);

function anyRepository(): fc.Arbitrary<Manifest> {
  const files = fc.uniqueArray(fc.record({ name: word, size, digest }), {
    minLength: 1,
    maxLength: 4,
    selector: (file) => file.name,
  });
  return fc.tuple(word, word, hex(40), files).map(([org, name, commit, held]) => {
    const folder = `models--${org}--${name}`;
    const blobs = new Map(held.map((file) => [file.digest, file]));
    return manifest(`hf:${org}/${name}`, commit, `${folder}/snapshots/${commit}`, [
      ...[...blobs.values()].map((file) => fileAt(`${folder}/blobs/${file.digest.slice(7)}`, file)),
      ...held.map((file): Entry => {
        const target = `../../blobs/${file.digest.slice(7)}`;
        return { type: "link", path: `${folder}/snapshots/${commit}/${file.name}`, target };
      }),
      { type: "absent", path: `${folder}/.no_exist/${commit}`, names: held.map((file) => file.name) },
      { type: "text", path: `${folder}/refs/main`, text: commit },
    ]);
  });
}

function anyCheckpoint(): fc.Arbitrary<Manifest> {
  return fc
    .record({ name: fc.constantFrom("tiny.en", "base.en", "small", "medium"), size, digest })
    .map(({ name, ...content }) =>
      manifest(`whisper:${name}`, content.digest.slice(7), `${name}.pt`, [fileAt(`${name}.pt`, content)]),
    );
}

function anyPipeline(): fc.Arbitrary<Manifest> {
  const members = fc.uniqueArray(fc.record({ path: word, size, digest }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ path }) => path,
  });
  return fc
    .record({ name: word, minor: fc.nat(20), size, digest, members })
    .map(({ name, minor, members, ...wheel }) => {
      const [own, version] = [`en_${name}`, `3.${minor}.0`];
      const archive: ArchiveEntry = {
        type: "archive",
        format: "wheel",
        path: "",
        url: `https://models.example/${own}-${version}.whl`,
        ...wheel,
        members: members.map((member) => ({ ...member, path: `${own}/${own}-${version}/${member.path}` })),
      };
      const record: Entry = { type: "text", path: `${own}-${version}.dist-info/INSTALLER`, text: "preload\n" };
      return manifest(`spacy:${own}`, version, `${own}/${own}-${version}`, [archive, record]);
    });
}

function fileAt(path: string, content: Pick<FileEntry, "size" | "digest">): FileEntry {
  return { type: "file", path, url: `https://models.example/${path}`, size: content.size, digest: content.digest };
}

function manifest(ref: string, revision: string, path: string, entries: readonly Entry[]): Manifest {
  return { ref, options: {}, revision, path, entries, leftOut: { files: 0, bytes: 0 }, requires: [] };
}

/** The same model with one pin moved. */
export function anyMoved(model: Manifest): fc.Arbitrary<Manifest> {
  const pins = model.entries.flatMap((entry, at): fc.Arbitrary<Manifest>[] => {
    const put = (changed: Entry) => ({ ...model, entries: model.entries.with(at, changed) });
    switch (entry.type) {
      case "file":
        return [
          digest.filter((other) => other !== entry.digest).map((other) => put({ ...entry, digest: other })),
          fc.constant(put({ ...entry, size: entry.size + 1 })),
        ];
      case "archive":
        return [
          digest.filter((other) => other !== entry.digest).map((other) => put({ ...entry, digest: other })),
          fc.constant(put({ ...entry, members: entry.members.map((one) => ({ ...one, path: `${one.path}x` })) })),
          fc.constant(put({ ...entry, members: entry.members.map((one) => ({ ...one, size: one.size + 1 })) })),
        ];
      case "link":
        return [fc.constant(put({ ...entry, path: `${entry.path}x` }))];
      case "text":
        return [
          fc.constant(put({ ...entry, text: `${entry.text}x` })),
          fc.constant(put({ ...entry, path: `${entry.path}x` })),
        ];
      case "absent":
        return [];
    }
  });
  return fc.oneof(fc.constant({ ...model, revision: `${model.revision}x` }), ...pins);
}
