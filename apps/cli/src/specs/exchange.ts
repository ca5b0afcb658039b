import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { nodeImage, source, to } from "../docker/choices.ts";
import { defaults } from "../docker/recipe.ts";
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
      { line: "preload export --to layers --per-model", does: "a folder for each, for layers of an image" },
    ],
    options: [
      new Option("--to <dir>", "the folder; made, or replaced if it is an earlier export").argParser(dir),
      new Option("--layout <layout>", "xdg: as the caches are; flat: plain folders and files")
        .choices(["xdg", "flat"])
        .default(undefined, "xdg"),
      new Option("--per-model", "each model in a folder of its own, named after it; what two share is in one of them"),
      new Option("--owner <uid[:gid]>", "whom the files belong to; for root only")
        .argParser(user)
        .default(undefined, "who runs it"),
      new Option("--mode <mode>", "of files, in octal; whoever may read a file may enter its folder")
        .argParser(fileMode)
        .default(undefined, "0644"),
    ],
    load: () => import("../commands/export.ts"),
  },
  {
    usage: "docker",
    summary: "print what a Dockerfile needs to hold the models, or keep one up to date",
    details:
      "Two parts: stages that get the models of the lock and split them into a folder for each, and the part of your own stage that copies them, a layer each, sets what clients need to find them offline, and verifies every byte as the user that the image runs as, without a network. A build whose models are not as the lock says fails. With --write, both stand in marked blocks, and everything outside of them stays as it is; so does what .dockerignore says, which gets the rules it lacks so that no cache of this machine is sent to the builder. The blocks remember the flags they were written with. A token comes as the secret hf_token, and is nowhere in the image. Makes no request.",
    examples: [
      { line: "preload docker", does: "both parts, to put into a Dockerfile" },
      { line: "preload docker --write", does: "into the project's Dockerfile, or anew when the lock has changed" },
      { line: "preload docker --check", does: "in CI: exit 8 with a diff if they are not what --write would write" },
      {
        line: "preload docker --flavor buildah --user 10001:10001 --write Containerfile",
        does: "for buildah and podman",
      },
      {
        line: "preload docker --source registry.example/models@sha256:… --write",
        does: "from an image that was made by `preload pack`",
      },
    ],
    options: [
      new Option("--flavor <builder>", "the builder it is for: buildkit is docker's")
        .choices(["buildkit", "buildah"])
        .default(undefined, defaults.flavor),
      new Option(
        "--source <source>",
        "where the build gets the models: fetch downloads them, context takes them from --build-context models=DIR, an image by its digest from that image",
      )
        .argParser(source)
        .default(undefined, defaults.source),
      new Option("--user <uid[:gid]>", "whom the models belong to, and who runs the image")
        .argParser(user)
        .default(undefined, "that of the Dockerfile, else 1000:1000"),
      new Option("--to <dir>", "the folder of the models in the image").argParser(to).default(undefined, defaults.to),
      new Option("--node-image <image>", "the image that has Node, for the stages in front, with a tag or a digest")
        .argParser(nodeImage)
        .default(undefined, defaults.nodeImage),
      new Option("--context <dir>", "the folder that the build is given")
        .argParser(dir)
        .default(undefined, "that of the config"),
      new Option("--write [file]", "write the parts into this Dockerfile, and .dockerignore").conflicts("check"),
      new Option("--check [file]", "exit with 8 and a diff if either is not what --write would write"),
    ],
    load: () => import("../commands/docker.ts"),
  },
];
