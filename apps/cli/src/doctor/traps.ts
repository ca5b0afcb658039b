import { type KnownModel, schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";
import type { Installed } from "./installed.ts";
import { isAtLeast } from "./versions.ts";

const { note, warning, error } = on("python");

/** What is known to go wrong with these versions, whatever the models. */
export function trapFindings(session: Session, known: readonly KnownModel[], installed: Installed): Finding[] {
  const { env } = session.machine;
  const { transformers, "huggingface-hub": hub, "pyannote.audio": pyannote, torchaudio } = installed;
  const hasHubModels = known.some(({ ref }) => schemeOf(ref) === "hf");
  return [
    ...(transformers && isAtLeast(transformers, [5]) && hasHubModels ? [lostPipelines(transformers)] : []),
    ...(transformers && hub ? misfit(transformers, hub) : []),
    ...(transformers?.startsWith("4.") && hasHubModels
      ? [
          note(`transformers ${transformers} asks the Hub for large tokenizers in spite of local_files_only=True`, {
            why: "Without a network, those with more than 100,000 tokens fail to load.",
            fix: "HF_HUB_OFFLINE=1, as `preload exec --offline` sets it",
          }),
        ]
      : []),
    ...(hub && isAtLeast(hub, [1, 33]) && hasHubModels ? [sharedBlobs(hub)] : []),
    ...(hub && !isAtLeast(hub, [1, 9]) && env.HF_HUB_DISABLE_SYMLINKS
      ? [
          warning(`huggingface_hub ${hub} does not read HF_HUB_DISABLE_SYMLINKS`, {
            why: "It came with 1.9; older ones make links all the same.",
            fix: "pip install 'huggingface_hub>=1.9'",
          }),
        ]
      : []),
    ...(pyannote ? pyannoteFindings(pyannote, torchaudio, known) : []),
  ];
}

function lostPipelines(version: string): Finding {
  return note(`transformers ${version} has fewer pipelines than version 4`, {
    why: "summarization, translation, text2text-generation, question-answering, visual-question-answering, image-to-text and image-to-image are gone: pipeline() does not know them.",
    fix: "Load the model with its AutoModel class, or pip install 'transformers<5'",
  });
}

/** Each major version of one needs its own of the other, and says so only when it is imported. */
function misfit(transformers: string, hub: string): Finding[] {
  const needed = isAtLeast(transformers, [5]) ? [1, 31] : undefined;
  const isWrong = needed ? !isAtLeast(hub, needed) : isAtLeast(hub, [1]);
  if (!isWrong) return [];
  return [
    error(`transformers ${transformers} cannot be imported beside huggingface_hub ${hub}`, {
      why: needed ? "It needs 1.31 or later." : "Version 4 needs one before 1.0.",
      fix: needed ? "pip install 'huggingface_hub>=1.31,<3'" : "pip install 'huggingface_hub<1.0'",
    }),
  ];
}

function sharedBlobs(version: string): Finding {
  return note(`huggingface_hub ${version} keeps what it fetches over Xet in a store that all repositories share`, {
    why: "A copy of single models--… folders, as in a CI cache or an image, then holds links to nothing.",
    fix: "Keep the whole hub folder, or HF_HUB_DISABLE_SHARED_BLOBS=1; what preload fetches is not in that store.",
  });
}

function pyannoteFindings(version: string, torchaudio: string | undefined, known: readonly KnownModel[]): Finding[] {
  const isOld = !isAtLeast(version, [4]);
  const newer = known.find(({ ref }) => /^hf:pyannote\/speaker-diarization-community/.test(ref));
  return [
    ...(isOld && newer
      ? [
          warning(`pyannote.audio ${version} cannot load ${newer.ref}`, {
            why: "That pipeline is made for version 4.",
            fix: "pip install 'pyannote.audio>=4'",
          }),
        ]
      : []),
    ...(isOld && torchaudio && isAtLeast(torchaudio, [2, 9])
      ? [
          error(`pyannote.audio ${version} cannot be imported beside torchaudio ${torchaudio}`, {
            why: "It uses what torchaudio 2.9 took away.",
            fix: "pip install 'pyannote.audio>=4', or 'torchaudio<2.9'",
          }),
        ]
      : []),
  ];
}
