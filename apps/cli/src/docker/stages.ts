import { selection } from "./choices.ts";
import { mostLayers, type Recipe } from "./recipe.ts";

/** Where things are while the image is built; nothing of it is in the image. */
const tools = "/preload";
const layers = "/layers";
const download = "/var/cache/preload";
/** Made by the builder for the step that verifies, and taken away by it: at the root, or the folder above it would stay. */
const mounted = "/.preload";

/**
 * The stages in front of the final one: `preload` has the command, `preload-models` a folder for each model.
 *
 * The first puts Node, the libraries it needs and the loader of its libc side by side, so that the final image can
 * be verified from within whatever it is made of: another libc, no shell, nothing at all. `env` is there to start Node
 * without what the image says to it in its own `NODE_OPTIONS`; it needs no more than Node does.
 */
export function stages(recipe: Recipe): string {
  const { nodeImage, version, files, source } = recipe;
  if (recipe.layers.length === 0) return "";
  const image = source === "fetch" || source === "context" ? [] : ["", `FROM ${source} AS preload-image`];
  return lines(
    `FROM ${nodeImage} AS preload`,
    `WORKDIR ${tools}`,
    `RUN npm install --no-audit --no-fund @preload/cli@${version} \\`,
    ` && cp -L /usr/bin/env "$(command -v node)" $(ldd "$(command -v node)" | grep -o '/[^ )]*') . \\`,
    " && mv ld-*.so* ld.so",
    `ENV PATH="${tools}/node_modules/.bin:$PATH"`,
    `WORKDIR ${tools}/project`,
    `COPY ${files.join(" ")} ./`,
    ...image,
    "",
    "FROM preload AS preload-models",
    ...bringing(recipe),
  );
}

/** The steps that fill the folder of layers. */
function bringing(recipe: Recipe): string[] {
  const chosen = selection(recipe);
  const split = `preload export --per-model --to ${layers}${chosen}`;
  if (recipe.source === "fetch") {
    return [
      "# A cache mount is no part of an image, so the models are copied out of it.",
      `RUN --mount=type=cache,id=preload,target=${download},sharing=locked \\`,
      "    --mount=type=secret,id=hf_token \\",
      `    export PRELOAD_CACHE_ROOT=${download} PRELOAD_STATE_DIR=${download}/state HF_TOKEN_PATH=/run/secrets/hf_token \\`,
      ` && preload ci${chosen} \\`,
      ` && ${split}`,
    ];
  }
  const from = recipe.source === "context" ? "models" : "preload-image";
  const offline = recipe.flavor === "buildkit" ? "--network=none " : "";
  return [`RUN ${offline}--mount=type=bind,from=${from},target=/from \\`, `    ${split} --cache-root /from`];
}

/** What the final stage is to have. */
export function finalPart(recipe: Recipe): string {
  const { user, to, environment, lockDigest } = recipe;
  if (recipe.layers.length === 0) return lines(noModels(recipe), 'LABEL dev.preload.models="none"');
  const owner = `${user.uid}:${user.gid}`;
  const copy = `COPY ${isLinked(recipe) ? "--link " : ""}--chown=${owner} --from=preload-models`;
  const refs = recipe.layers.map(({ ref }) => ref.replaceAll(/[\\"$]/g, "\\$&")).sort();
  return lines(
    ...copied(recipe).map((folders) => `${copy} ${folders.join(" \\\n    ")} ${to}/`),
    ...environment.split("\n").filter((line) => line !== ""),
    `LABEL dev.preload.models="${refs.join(" ")}" \\`,
    `      dev.preload.lock="${lockDigest}"`,
    `USER ${owner}`,
    "# As the user that the image runs as: every byte of every model, without a network. Nothing of it stays in the image.",
    `RUN ${recipe.flavor === "buildkit" ? "--network=none " : ""}--mount=type=bind,from=preload,source=${tools},target=${mounted} \\`,
    `    [${verifying(recipe)
      .map((word) => JSON.stringify(word))
      .join(", ")}]`,
  );
}

function noModels({ profile = [] }: Recipe): string {
  const which = profile.length === 1 ? `The profile ${profile[0]} names` : `The profiles ${profile.join(", ")} name`;
  return `# ${which} no model: nothing is copied. The image says so, that it cannot pass for one that has them.`;
}

/**
 * A linked layer has the folders above its own too, and gives them to the owner that is said: of `/opt/models`, `/opt`
 * would be the user's, and where the image has a link a folder would be.
 */
function isLinked({ flavor, to }: Recipe): boolean {
  return flavor === "buildkit" && to.lastIndexOf("/") === 0;
}

/** What each layer is copied from: a folder, and for the last of very many models all that are left. */
function copied({ layers: all }: Recipe): string[][] {
  const folders = all.map(({ folder }) => `${layers}/${folder}/`);
  const alone = folders.length > mostLayers ? mostLayers - 1 : folders.length;
  const rest = folders.slice(alone);
  return [...folders.slice(0, alone).map((folder) => [folder]), ...(rest.length > 0 ? [rest] : [])];
}

/** In words, not for a shell: the image may have none. */
function verifying(recipe: Recipe): string[] {
  const started = (program: string) => [`${mounted}/ld.so`, "--library-path", mounted, `${mounted}/${program}`];
  return [
    // The number of the user need not have a home.
    ...[...started("env"), "-i", "HOME=/", `PRELOAD_STATE_DIR=${mounted}/state`],
    ...started("node"),
    `${mounted}/node_modules/@preload/cli/dist/bin.cjs`,
    ...["verify", "--deep", "--offline", "--cwd", `${mounted}/project`, "--cache-root", recipe.to],
    ...selection(recipe)
      .split(" ")
      .filter((word) => word !== ""),
  ];
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
