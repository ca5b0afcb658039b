import { expect } from "vitest";
import { whisperTranscribes, withCheckpoint } from "../src/checks/whisper-transcribes.ts";
import { proves, pythonClient } from "../src/proves.ts";

const whisper = pythonClient("newest", "openai-whisper");

for (const by of ["name", "path"] as const) {
  proves(whisper, `loads a checkpoint by its ${by} and transcribes`, async () => {
    const here = await withCheckpoint();

    const heard = await whisperTranscribes(here, { by });

    expect(heard).toEqual(await whisperTranscribes(here, { by: "published" }));
  });
}
