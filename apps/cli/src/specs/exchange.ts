import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { dir, fileMode, user } from "../flags.ts";

/** What carries models elsewhere. */
export const exchange: readonly CommandSpec[] = [
  {
    usage: "pack <file> [refs...]",
    summary: "write the models that the lock names into one file",
    details:
      "For another job, another machine, or a registry: the file is an OCI image layout in a tar, with the lock in its first layer and one layer for each model, laid out as --cache-root does. Without refs: the models of the config's profiles, as the lock has them; with refs just those. Every byte is verified on its way; nothing else of the cache goes along, and no token. The same models give the same bytes. Makes no request. Exits with 3 if something is missing, 4 if something is not what the lock says; then no file is written.",
    examples: [
      { line: "preload pack models.tar", does: "the models of preload.yaml" },
      {
        line: "preload pack models.tar -p test --json",
        does: "one profile; with the digest of the image, for a program",
      },
      { line: "skopeo copy oci-archive:models.tar docker://registry.example/models:1", does: "and on to a registry" },
    ],
    load: () => import("../commands/pack.ts"),
  },
  {
    usage: "unpack <file> [refs...]",
    summary: "put the models of a pack where their clients look",
    details:
      "Needs no network, no config and no lock: the pack brings its own. Where the project has a lock, both have to say the same of the models that are unpacked (else exit 8); with refs just those are unpacked, whatever the lock says. All of the file is read and verified before anything is written, and each file again before it gets its name. What is there already stays; a kill leaves every model as it was, or whole. A file that is damaged, cut off or not a pack ends with exit 4.",
    examples: [
      { line: "preload unpack models.tar && preload verify", does: "in the next job, or without internet" },
      { line: "preload unpack models.tar --cache-root /models", does: "to a folder of its own" },
      { line: "preload unpack models.tar hf:facebook/bart-base", does: "one model" },
    ],
    load: () => import("../commands/unpack.ts"),
  },
  {
    usage: "export [refs...]",
    summary: "write the models that the lock names into a folder of their own",
    details:
      "For COPY in a Dockerfile, or a mount that nobody writes to. Only these models, every byte verified on its way, files of no time and of one mode. With --layout xdg as --cache-root lays them out, links relative: what finds them there is `preload env --cache-root`. With --layout flat regular files in plain folders, to be opened by path: facebook/bart-base, spacy/en_core_web_sm, whisper/tiny.en.pt. The folder is replaced if it is an earlier export, and refused if it holds anything else (exit 2). Files are copies, since a hard link would share its mode and its bytes with the cache. Makes no request.",
    examples: [
      { line: "preload export --to models", does: "the models of preload.yaml" },
      {
        line: "preload export --to models --layout flat hf:facebook/bart-base",
        does: 'for from_pretrained("models/facebook/bart-base")',
      },
      {
        line: "preload export --to /srv/models --owner 1000:1000 --mode 0444",
        does: "for another user, and nobody writes",
      },
    ],
    options: [
      new Option("--to <dir>", "the folder; made, or replaced if it is an earlier export").argParser(dir),
      new Option("--layout <layout>", "xdg: as the caches are; flat: plain folders and files")
        .choices(["xdg", "flat"])
        .default(undefined, "xdg"),
      new Option("--owner <uid[:gid]>", "whom the files belong to; for root only")
        .argParser(user)
        .default(undefined, "who runs it"),
      new Option("--mode <mode>", "of files, in octal; whoever may read a file may enter its folder")
        .argParser(fileMode)
        .default(undefined, "0644"),
    ],
    load: () => import("../commands/export.ts"),
  },
];
