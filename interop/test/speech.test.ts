import { join } from "node:path";
import { sha256 } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { expect, inject } from "vitest";
import { askPython } from "../src/ask-client.ts";
import { filesUnder, hubCatalog } from "../src/catalogs.ts";
import { expected } from "../src/checks/hub-reads.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { type World, world } from "../src/world.ts";

const fasterWhisper = pythonClient("voice", "faster-whisper");

proves(fasterWhisper, "loads a model by its id, opens the files it asks for, and transcribes", async () => {
  const made = join(inject("prepared").madeDir, "faster-whisper");
  const id = "interop/faster-whisper-tiny";
  const files = { ...(await filesUnder(made)), "README.md": "nobody opens it", "model.safetensors": "nor this" };
  const here = await world(hubCatalog(hubRepo({ id, files })));
  await here.preloaded([`hf:${id}`]);

  const models = [id, made];
  const answers = await askPython<Record<string, object>>(
    here,
    "voice",
    "faster_whisper_transcribes.py",
    { models },
    { network: "none" },
  );

  const opened = expected(here.demo, id, { paths: (path) => !["README.md", "model.safetensors"].includes(path) });
  const digests = Object.fromEntries(Object.entries(opened.files).map(([path, file]) => [path, file.sha256]));
  expect(answers[id]).toEqual({ ...answers[made], opened: digests });
});

proves(fasterWhisper, "finds the tokenizer of the original, where the model has none", async () => {
  const made = join(inject("prepared").madeDir, "faster-whisper");
  const { "tokenizer.json": tokenizer = "", ...files } = await filesUnder(made);
  const id = "interop/faster-whisper-tiny.en";
  const original = hubRepo({
    id: "openai/whisper-tiny.en",
    files: { "tokenizer.json": tokenizer, "config.json": "{}" },
  });
  const here = await world(hubCatalog(hubRepo({ id, files }), original));
  await here.preloaded([`hf:${id}`]);

  const models = [id, made];
  const answers = await askPython<Record<string, { text: string }>>(
    here,
    "voice",
    "faster_whisper_transcribes.py",
    { models },
    { network: "none" },
  );

  expect(answers[id]?.text).toEqual(answers[made]?.text);
});

const pyannote = pythonClient("voice", "pyannote.audio");

proves(
  pyannote,
  "finds every part of a pipeline in one repository, by the file of the package that asks the Hub",
  async () => {
    const id = "pyannote/speaker-diarization-community-1";
    const files = await filesUnder(join(inject("prepared").madeDir, "pyannote"));
    const here = await world(hubCatalog(hubRepo({ id, files })));
    await here.preloaded([`hf:${id}`]);

    expect(
      await found(here, [
        [id, "a pipeline", null],
        [id, "a model", "segmentation"],
        [id, "a model", "embedding"],
        [id, "xvec_transform.npz", "plda"],
        [id, "plda.npz", "plda"],
      ]),
    ).toEqual(
      [
        "config.yaml",
        "segmentation/pytorch_model.bin",
        "embedding/pytorch_model.bin",
        "plda/xvec_transform.npz",
        "plda/plda.npz",
      ].map((path) => digestOf(files[path])),
    );
  },
);

proves(pyannote, "finds the models that a pipeline names in other repositories, by the same file", async () => {
  const [pipeline, segmentation, embedding] = [
    "pyannote/speaker-diarization-3.1",
    "pyannote/segmentation-3.0",
    "pyannote/wespeaker-voxceleb-resnet34-LM",
  ] as const;
  const config = `pipeline:\n  name: pyannote.audio.pipelines.SpeakerDiarization\n  params:\n    segmentation: ${segmentation}\n    embedding: ${embedding}\n`;
  const here = await world(
    hubCatalog(
      hubRepo({ id: pipeline, files: { "config.yaml": config } }),
      hubRepo({ id: segmentation, files: { "config.yaml": "{}", "pytorch_model.bin": "segments" } }),
      hubRepo({ id: embedding, files: { "config.yaml": "{}", "pytorch_model.bin": "embeds" } }),
    ),
  );
  await here.preloaded([`hf:${pipeline}`]);

  expect(
    await found(here, [
      [pipeline, "a pipeline", null],
      [segmentation, "a model", null],
      [embedding, "a model", null],
    ]),
  ).toEqual([config, "segments", "embeds"].map(digestOf));
});

proves(pyannote, "runs a pipeline", async ({ skip }) => {
  skip("torchaudio, which it imports, is published for CUDA only");
});

type Asked = readonly [id: string, file: string, folder: string | null];

function found(here: World, asked: readonly Asked[]): Promise<string[]> {
  return askPython(here, "voice", "pyannote_finds.py", { asked }, { network: "none" });
}

function digestOf(body: Parameters<typeof sha256>[0] | string = ""): string {
  return sha256(typeof body === "string" ? Buffer.from(body) : body);
}
