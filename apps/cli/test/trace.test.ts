import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { bin } from "./support/run.ts";
import { type World, world } from "./support/world.ts";

const node = process.execPath;
const bart = "preload-demo/tiny-bart";

/** Fetches files as huggingface_hub does: what a revision means, then each file by its commit, where redirects lead. */
const fetches = `
const [id, revision, ...files] = process.argv.slice(1);
const hub = process.env.HF_ENDPOINT;
const { sha } = await (await fetch(hub + "/api/models/" + id + (revision ? "/revision/" + revision : ""))).json();
for (const file of files) {
  const url = hub + "/" + id + "/resolve/" + sha + "/" + file;
  const head = await fetch(url, { method: "HEAD", redirect: "manual" });
  if (head.status < 400) await (await fetch(url)).arrayBuffer();
}
console.log("fetched");
`;
function sha256Of(demo: World["demo"]): string {
  return demo.catalog.whisper.find(({ name }) => name === "tiny-demo")?.sha256 ?? "";
}

const fetching = (id: string, revision: string, ...files: string[]) => [
  ...["--", node, "--input-type=module", "-e", fetches],
  ...[id, revision, ...files],
];

async function noConfig(options: Parameters<typeof world>[0] = {}): Promise<World> {
  const made = await world({ config: "none", ...options });
  return {
    ...made,
    preload: (args, more = {}) =>
      made.preload(args, { ...more, env: { HF_ENDPOINT: made.demo.endpoints.hf, ...more.env } }),
  };
}

test("what a run fetched becomes lines of a config, and stdout stays the command's", async () => {
  const { preload } = await noConfig();

  const { code, stdout, stderr } = await preload([
    "trace",
    ...fetching(bart, "", "config.json", "model.safetensors", "absent.json"),
  ]);

  expect(code).toBe(0);
  expect(stdout).toBe("fetched\n");
  expect(stderr).toBe(
    ["# the command used 1 model; this brings it:", "models:", `  - hf:${bart}`, `# preload add hf:${bart}`, ""].join(
      "\n",
    ),
  );
});

test("a revision and files are said where they matter, and the lines bring what was fetched", async () => {
  const { preload, project, hub } = await noConfig();
  const runs = `${process.execPath} fetch.mjs ${bart} v1.0 config.json model.safetensors
${process.execPath} fetch.mjs preload-demo/tiny-sentence "" modules.json
${process.execPath} fetch.mjs preload-demo/tiny-led-bin "" config.json pytorch_model.bin`;
  await writeFile(join(project, "fetch.mjs"), fetches.replace("slice(1)", "slice(2)"));
  await writeFile(join(project, "run.sh"), runs);

  const { code, stderr } = await preload(["trace", "--output", "preload.yaml", "--", "sh", "run.sh"]);
  const config = await readFile(join(project, "preload.yaml"), "utf8");
  const installed = await preload(["install"]);

  expect([code, stderr]).toEqual([0, "the command used 3 models: preload.yaml\n"]);
  expect(config).toContain(`  - ref: hf:${bart}@v1.0\n    include: config.json\n`);
  expect(config).toContain("  - ref: hf:preload-demo/tiny-sentence\n    include: modules.json\n");
  expect(config).toContain("# preload add hf:preload-demo/tiny-sentence --set include=modules.json\n");
  expect(installed).toMatchObject({ code: 0 });
  expect(await readFile(join(hub, "models--preload-demo--tiny-bart/refs/v1.0"), "utf8")).toMatch(/^[0-9a-f]{40}$/);
});

test("the document has a place of its own", async () => {
  const { preload, project } = await noConfig();

  const refused = await preload(["trace", "--json", ...fetching(bart, "", "config.json")]);
  const { stdout } = await preload([
    "trace",
    "--json",
    "--output",
    "o.json",
    ...fetching(bart, "", "config.json", "model.safetensors"),
  ]);
  const document = JSON.parse(await readFile(join(project, "o.json"), "utf8"));

  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--output");
  expect(stdout).toBe("fetched\n");
  expect(document).toEqual({
    ...{ version: 1, command: "trace", ok: true, exitCode: 0, config: null },
    models: [
      {
        ...{ ref: `hf:${bart}`, revision: null, files: ["config.json", "model.safetensors"], seen: "requested" },
        ...{ inConfig: null, why: null, line: { ref: `hf:${bart}` }, note: null },
      },
    ],
    commands: [`preload add hf:${bart}`],
    ...{ unused: null, absent: [], unnamed: [], others: [] },
  });
});

test("of a config it says what is lacking, what is left out, and what was not used", async () => {
  const { preload, demo, env } = await world({
    config: `models:
  - hf:${bart}
  - { ref: hf:preload-demo/tiny-led-bin, include: config.json }
  - hf:preload-demo/tiny-sentence
  - whisper:tiny-demo@${"0".repeat(64)}
`,
  });
  const run = (id: string, revision: string, ...files: string[]) =>
    `"${node}" -e '${fetches.replace("const [id", "(async () => { const [id").replace(/$/, "})()")}' ${id} "${revision}" ${files.join(" ")}`;
  const all = [
    run(bart, "v1.0", "config.json"),
    run("preload-demo/tiny-led-bin", "", "config.json", "pytorch_model.bin"),
  ];

  const { stderr, code } = await preload(["trace", "--", "sh", "-c", all.join("\n")], {
    env: { ...env, HF_ENDPOINT: demo.endpoints.hf },
  });

  expect(code).toBe(0);
  expect(stderr).toMatch(/used 2 models, and .*preload\.yaml lacks all of them; these bring them:/);
  expect(stderr).toMatch(new RegExp(`hf:${bart}@v1\\.0.*# the config has main`));
  expect(stderr).toContain("# the config leaves out pytorch_model.bin");
  expect(stderr).toMatch(
    /never asked for over the network, and not seen to be opened: hf:preload-demo\/tiny-sentence \(.*\), whisper:/,
  );
});

test("a model that a program only opens was used", async () => {
  const { preload, whisper } = await world({
    config: (demo) => `models: [{ ref: whisper:tiny-demo, sha256: ${sha256Of(demo)} }, hf:${bart}]`,
  });
  await preload(["install"]);
  const reads = `require("node:fs").readFileSync(${JSON.stringify(join(whisper, "tiny-demo.pt"))})`;

  const { stderr } = await preload(["trace", "--", node, "-e", reads]);

  expect(stderr).toMatch(/^# the command used 1 model, and .* has it$/m);
  expect(stderr).toMatch(/not seen to be opened: hf:preload-demo\/tiny-bart \(/);
  expect(stderr).toContain("not what native code opens");
});

test("who asked for what is not there is told, with hosts that nobody could look into", async () => {
  const { preload } = await noConfig();
  const program = `
    const net = require("node:net");
    const proxy = new URL(process.env.HTTPS_PROXY);
    const auth = Buffer.from(proxy.username + ":" + proxy.password).toString("base64");
    fetch(process.env.HF_ENDPOINT + "/api/models/org/missing").then(async () => {
      await fetch(process.env.HF_ENDPOINT + "/org/missing/resolve/main/config.json");
      const socket = net.connect(proxy.port, proxy.hostname, () =>
        socket.write("CONNECT cas-bridge.xethub.hf.co:443 HTTP/1.1\\r\\nProxy-Authorization: Basic " + auth + "\\r\\n\\r\\n"));
      socket.once("data", () => process.exit(0));
    });`;

  const { stderr } = await preload(["trace", "--", node, "-e", program]);

  expect(stderr).toBe(
    [
      "# the command used no model that could be seen",
      "# asked for, and not there: hf:org/missing",
      "# could not be named, since only the host was seen: cas-bridge.xethub.hf.co (the Hub's CDN)",
      "",
    ].join("\n"),
  );
});

test("nobody else goes through the proxy", async () => {
  const { preload, demo } = await noConfig();
  const program = `
    const proxy = new URL(process.env.HTTP_PROXY);
    const http = require("node:http");
    const ask = (headers) => new Promise((resolve) =>
      http.get({ host: proxy.hostname, port: proxy.port, path: "${demo.endpoints.hf}/api/models/${bart}", headers }, (answer) => resolve(answer.resume().statusCode)));
    const auth = "Basic " + Buffer.from(proxy.username + ":" + proxy.password).toString("base64");
    ask({}).then(async (one) => console.log(one, await ask({ "proxy-authorization": auth })));`;

  const { stdout } = await preload(["trace", "--", node, "-e", program]);

  expect(stdout).toBe("407 200\n");
});

test.each([0, 42])("exit %i of the command is ours, and the result is told all the same", async (wanted) => {
  const { preload } = await noConfig();

  const { code, stderr } = await preload(["trace", "--", "sh", "-c", `exit ${wanted}`]);

  expect([code, stderr]).toEqual([wanted, "# the command used no model that could be seen\n"]);
});

test.each([
  [["trace"], 2, "missing required argument 'command'"],
  [["trace", "--offline", "--", "true"], 9, "--offline forbids it"],
  [["trace", "--output", "no/such/file", "--", "echo", "started"], 2, "there is no folder"],
  [["trace", "--", "no-such-command"], 127, "command not found"],
])("%j is refused", async (args, wanted, why) => {
  const { preload } = await noConfig();

  const { code, stdout, stderr } = await preload(args);

  expect([code, stdout]).toEqual([wanted, ""]);
  expect(stderr).toContain(why);
});

test("a variable that says offline is named, and --online runs the command without it", async () => {
  const { preload } = await noConfig({ env: { HF_HUB_OFFLINE: "1" } });
  const prints = ["--", node, "-e", "console.log(process.env.HF_HUB_OFFLINE)"];

  expect(await preload(["trace", ...prints])).toMatchObject({ code: 9, stdout: "" });
  expect(await preload(["trace", "--online", ...prints])).toMatchObject({ code: 0, stdout: "undefined\n" });
});

test("the config itself is not written over", async () => {
  const { preload, project } = await world({ config: `models: [hf:${bart}]\n` });

  const { code, stderr } = await preload(["trace", "--output", "preload.yaml", "--", "echo", "started"]);

  expect([code, await readFile(join(project, "preload.yaml"), "utf8")]).toEqual([2, `models: [hf:${bart}]\n`]);
  expect(stderr).toContain("that is the config");
});

test("with a config, the command looks where exec leads it", async () => {
  const { preload, project } = await world({ config: `cacheRoot: models\nmodels: [hf:${bart}]\n` });

  const { stdout } = await preload(["trace", "--", node, "-e", "console.log(process.env.HF_HUB_CACHE)"]);

  expect(stdout).toBe(`${join(project, "models/huggingface/hub")}\n`);
});

test("a signal is passed on, the result is told, and nothing of it is left", async () => {
  const { project, env } = await world({ config: "none" });
  const program = `process.once("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log(process.env.PRELOAD_ATTEMPTS + " " + new URL(process.env.HTTPS_PROXY).port)`;
  const child = spawn(node, [bin, "trace", "--", node, "-e", program], {
    cwd: project,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  const [attempts = "", port] = await new Promise<string[]>((resolve) =>
    child.stdout.once("data", (text) => resolve(`${text}`.trim().split(" "))),
  );

  child.kill("SIGTERM");
  const code = await new Promise((resolve) => child.once("close", resolve));

  expect([code, stderr]).toEqual([7, "# the command used no model that could be seen\n"]);
  expect(existsSync(dirname(attempts))).toBe(false);
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
});

test.skipIf(process.platform !== "linux")("a result that the disk does not take is told, with exit 7", async () => {
  const { preload } = await noConfig();

  const { code, stderr } = await preload(["trace", "--output", "/dev/full", "--", "true"]);

  expect([code, stderr]).toEqual([
    7,
    expect.stringContaining("/dev/full cannot be written: the disk is full (ENOSPC)"),
  ]);
});

test.skipIf(process.platform !== "linux").each(["trace", "exec"])(
  "a command does not outlive %s that was killed",
  async (way) => {
    const { project, env } = await world({ config: "none" });
    // Linux tells it once for each thread of the killed program that was its parent for a moment: the first is what counts.
    const program = `process.on("SIGTERM", () => { console.log("told to end"); process.exit(0); }); setInterval(() => {}, 1000); console.log("started")`;
    const child = spawn(node, [bin, way, "--", node, "-e", program], {
      cwd: project,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let stdout = "";
    const started = new Promise<void>((resolve) =>
      child.stdout.on("data", (text) => {
        stdout += text;
        if (stdout.includes("started")) resolve();
      }),
    );
    await started;

    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));

    expect(stdout).toBe("started\ntold to end\n");
  },
);

test("a Python program finds the guard, and no plugin that would change how its tests end", async () => {
  const { preload } = await noConfig();
  const finds = `import sys; from importlib.util import find_spec; print("preload_guard" in sys.modules, find_spec("preload_pytest"))`;

  expect(await preload(["trace", "--", "python3", "-c", finds])).toMatchObject({ code: 0, stdout: "True None\n" });
});

test("a Node program that knows only a public address is read from inside", async () => {
  const { preload, demo } = await noConfig();
  const asks = `fetch("https://hub.invalid/${bart}/resolve/main/config.json").catch(({ name }) => console.log(name))`;

  const { stdout, stderr } = await preload(["trace", "--", node, "-e", asks], {
    env: { PRELOAD_HF_ENDPOINT: `${demo.endpoints.hf},https://hub.invalid` },
  });

  expect(stdout).toBe("TypeError\n");
  expect(stderr).toContain(`  - ref: hf:${bart}\n    include: config.json\n`);
});
