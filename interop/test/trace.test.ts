import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoCatalog, startDemoInternet } from "@preload/demo-origin";
import { expect, onTestFinished } from "vitest";
import { askPython } from "../src/ask-client.ts";
import { cacheTree } from "../src/cache-tree.ts";
import { pipelineName, withPipelines } from "../src/checks/spacy-loads.ts";
import { type EnvironmentName, interopDir, pinned } from "../src/environments.ts";
import { pythonOf } from "../src/make-environment.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { lastLines, runProgram } from "../src/run-program.ts";
import { homeAt, type World, world } from "../src/world.ts";

const bart = "preload-demo/tiny-bart";
const led = "preload-demo/tiny-led-bin";

for (const place of ["newest", "hub1", "older"] as const) {
  const { version, ...client } = pythonClient(place, "transformers");
  const transformers = { ...client, version: `${version} (hub ${pinned(place, "huggingface_hub")})` };

  proves(transformers, "fills its cache as ever under `preload trace`, whose lines bring what it used", async () => {
    const traced = await world(await demoCatalog());
    const [plain, offline] = [await homeAt(traced.demo), await homeAt(traced.demo)];
    const asked = { cases: { bart: caseOf(bart), pinned: caseOf(bart, "v1.0"), led: caseOf(led) } };

    const answer = await trace(traced, place, "seq2seq.py", asked, { HF_ENDPOINT: traced.demo.endpoints.hf });
    await runOnline(plain, place, "seq2seq.py", asked);
    await offline.preloaded(["install"], { config: answer.lines });

    expect(await cacheTree(traced.hub)).toEqual(await cacheTree(plain.hub));
    expect(answer.lines.split("\n").filter((line) => /^ /.test(line))).toEqual([
      `  - hf:${bart}`,
      `  - hf:${bart}@v1.0`,
      `  - hf:${led}`,
    ]);
    expect(await askPython(offline, place, "seq2seq.py", asked, { network: "none" })).toEqual(answer.answer);
  });
}

proves(
  pythonClient("newest", "openai-whisper"),
  "is named by `preload trace`, with spaCy and transformers, where the addresses are the public ones",
  async () => {
    const pipelines = await withPipelines();
    const { spacy } = pipelines.demo.catalog;
    const traced = await world({ ...(await demoCatalog()), spacy });
    const internet = await startDemoInternet(traced.demo);
    onTestFinished(() => internet.close());
    const certificate = join(traced.home, "ca.pem");
    await writeFile(certificate, internet.ca);
    const checkpoint = traced.demo.catalog.whisper.find(({ name }) => name === "tiny-demo");
    const url = `https://openaipublic.azureedge.net/main/whisper/models/${checkpoint?.sha256}/tiny-demo.pt`;
    const asked = { hub: bart, checkpoint: "tiny-demo", url, pipeline: pipelineName, folder: join(traced.home, "own") };

    const answer = await trace(traced, "newest", "fetches.py", asked, {
      HTTPS_PROXY: internet.proxy,
      ...Object.fromEntries(["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"].map((name) => [name, certificate])),
    });
    const offline = await homeAt(traced.demo);
    await offline.preloaded(["install"], { config: answer.lines });

    expect(answer.lines.split("\n").filter((line) => /^ /.test(line))).toEqual([
      `  - hf:${bart}`,
      `  - spacy:${pipelineName}@3.8.1`,
      `  - whisper:tiny-demo@${checkpoint?.sha256}`,
    ]);
    expect(answer.lines).not.toContain("could not be named");
    const again = await askPython(offline, "newest", "fetches.py", asked, {
      network: "none",
      env: { PYTHONPATH: offline.spacy },
    });
    expect(again).toEqual(answer.answer);
  },
);

function caseOf(id: string, revision?: string): object {
  return { id, options: revision === undefined ? {} : { revision }, model_options: {} };
}

/** Runs a program of `python/clients` under `preload trace`. */
async function trace(
  here: World,
  place: EnvironmentName,
  program: string,
  question: object,
  env: NodeJS.ProcessEnv,
): Promise<{ lines: string; answer: unknown }> {
  const [lines, answer] = [join(here.home, "lines.yaml"), join(here.home, "answer.json")];
  const ended = await runProgram(
    [
      process.execPath,
      bin,
      "trace",
      "--output",
      lines,
      ...endpointsOf(here),
      "--",
      ...clientOf(place, program, question, answer),
    ],
    { cwd: here.home, env: { ...here.env, ...quietly, ...env } },
  );
  if (ended.code !== 0) throw new Error(`the run ended with ${ended.code}\n${lastLines(ended.stderr)}`);
  return { lines: await readFile(lines, "utf8"), answer: JSON.parse(await readFile(answer, "utf8")) };
}

async function runOnline(here: World, place: EnvironmentName, program: string, question: object): Promise<void> {
  const command = clientOf(place, program, question, join(here.home, "answer.json"));
  const env = { ...here.env, ...quietly, HF_ENDPOINT: here.demo.endpoints.hf };
  const { code, stderr } = await runProgram(command, { cwd: here.home, env });
  if (code !== 0) throw new Error(`the run ended with ${code}\n${lastLines(stderr)}`);
}

function clientOf(place: EnvironmentName, program: string, question: object, answer: string): string[] {
  return [pythonOf(place), join(interopDir, "python/clients", program), JSON.stringify(question), answer];
}

function endpointsOf({ demo }: World): string[] {
  return Object.entries(demo.endpoints).flatMap(([name, url]) => ["--endpoint", `${name}=${url}`]);
}

const bin = process.env.PRELOAD_INTEROP_BIN ?? join(interopDir, "../apps/cli/dist/bin.cjs");

/** The clients' own errands of the day are not what is asked about. */
const quietly = { HF_HUB_DISABLE_PROGRESS_BARS: "1", HF_HUB_DISABLE_UPDATE_CHECK: "1", HF_HUB_DISABLE_TELEMETRY: "1" };
