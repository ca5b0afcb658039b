import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { privateCa, serve } from "@preload/core/testing";
import { demoToken } from "@preload/demo-origin";
import { describe, expect, onTestFinished, test } from "vitest";
import { installedIn } from "../src/doctor/installed.ts";
import { machineFindings } from "../src/doctor/machine.ts";
import { run } from "./support/run.ts";
import { type World, world } from "./support/world.ts";

interface Finding {
  level: string;
  topic: string;
  what: string;
  why?: string;
  fix?: string;
}

async function doctor({ preload }: World, env: Record<string, string> = {}, args: string[] = []) {
  const { code, stdout, stderr } = await preload(["doctor", "--json", ...args], { env });
  if (stdout === "") throw new Error(stderr);
  const findings = JSON.parse(stdout).findings as Finding[];
  return { code, findings, bad: findings.filter(({ level }) => level === "warning" || level === "error") };
}

async function venvWith(w: World, ...packages: string[]): Promise<string> {
  const venv = join(w.project, ".venv");
  await mkdir(join(venv, "lib/python3.11/site-packages"), { recursive: true });
  await writeFile(join(venv, "pyvenv.cfg"), "version = 3.11.7\n");
  for (const name of packages) await mkdir(join(venv, "lib/python3.11/site-packages", `${name}.dist-info`));
  return venv;
}

test("a machine in order gets no warning, and no request is made", async () => {
  const w = await world();
  await w.preload(["install"]);
  w.demo.origin.clear();

  const { code, stdout } = await w.preload(["doctor"]);

  expect(code).toBe(0);
  expect(stdout).not.toMatch(/^ {2}(warning|error)/m);
  expect(stdout).toMatch(new RegExp(`ok +hf +${w.hub} +\\(XDG_CACHE_HOME\\): writable, .* free`));
  expect(stdout).toContain("All is well.");
  expect(w.demo.origin.requests).toEqual([]);
});

describe("an error, and exit 3, is", () => {
  test.each([
    ["a config that cannot be parsed", "preload.yaml", "models: [", "preload.yaml:1:"],
    ["a lock that cannot be read", "preload.lock", "<<<<<<< ours\n", "preload.lock"],
  ])("%s; the rest is looked at all the same", async (_, name, text, told) => {
    const w = await world();
    await writeFile(join(w.project, name), text);

    const { code, findings } = await doctor(w, {}, ["--profile", "test"]);

    expect(code).toBe(3);
    expect(findings[0]).toMatchObject({ level: "error", topic: "config", what: expect.stringContaining(told) });
    expect(findings.map(({ topic }) => topic)).toEqual(expect.arrayContaining(["directories", "token", "network"]));
  });

  test.each(["XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE"])("%s that is set but empty", async (name) => {
    const { code, bad } = await doctor(await world({ config: "none" }), { [name]: "" });

    expect(code).toBe(3);
    expect(bad).toContainEqual(
      expect.objectContaining({ level: "error", what: `${name} is set, but empty`, fix: `unset ${name}` }),
    );
  });

  test("a timeout that huggingface_hub cannot read", async () => {
    const { code, bad } = await doctor(await world({ config: "none" }), { HF_HUB_DOWNLOAD_TIMEOUT: "30s" });

    expect(code).toBe(3);
    expect(bad[0]).toMatchObject({ what: 'HF_HUB_DOWNLOAD_TIMEOUT is "30s"', fix: "HF_HUB_DOWNLOAD_TIMEOUT=30" });
  });

  test.each([
    [
      ["transformers-5.18.0", "huggingface_hub-0.36.0"],
      "transformers 5.18.0 cannot be imported beside huggingface_hub 0.36.0",
    ],
    [
      ["transformers-4.57.6", "huggingface_hub-1.33.0"],
      "transformers 4.57.6 cannot be imported beside huggingface_hub 1.33.0",
    ],
    [["pyannote.audio-3.4.0", "torchaudio-2.9.1"], "pyannote.audio 3.4.0 cannot be imported beside torchaudio 2.9.1"],
  ])("%j in one environment", async (packages, what) => {
    const w = await world({ config: "none" });
    const venv = await venvWith(w, ...packages);

    const { code, bad } = await doctor(w, { VIRTUAL_ENV: venv });

    expect(bad.map((finding) => finding.what)).toEqual([what]);
    expect(code).toBe(3);
  });

  test("a file in the place of a cache", async () => {
    const w = await world({ config: "none" });
    await writeFile(join(w.project, "file"), "");

    const { code, bad } = await doctor(w, { HF_HUB_CACHE: join(w.project, "file") });

    expect(code).toBe(3);
    expect(bad[0]?.what).toContain("is no directory");
  });

  test("a certificate that cannot be read", async () => {
    const { code, bad } = await doctor(await world({ config: "none" }), { SSL_CERT_FILE: "/no/such.pem" });

    expect(code).toBe(3);
    expect(bad[0]?.what).toBe("SSL_CERT_FILE names /no/such.pem, which cannot be read (ENOENT)");
  });

  test("TRANSFORMERS_CACHE with a transformers 4 that follows it", async () => {
    const w = await world({ config: "none" });
    const venv = await venvWith(w, "transformers-4.57.6");

    const { code, bad } = await doctor(w, { TRANSFORMERS_CACHE: "/old" }, ["--python", venv]);

    expect(code).toBe(3);
    expect(bad[0]?.why).toContain("transformers 4 looks there and nowhere else");
  });
});

describe("a warning, and exit 0, is", () => {
  test.each([
    [
      { HF_HUB_CACHE: "/one", HUGGINGFACE_HUB_CACHE: "/two" },
      "HF_HUB_CACHE and HUGGINGFACE_HUB_CACHE lead to different caches: /one and /two",
    ],
    [
      { HF_HUB_CACHE: "/one", HF_HOME: "/home" },
      "HF_HUB_CACHE and HF_HOME lead to different caches: /one and /home/hub",
    ],
    [{ TRANSFORMERS_CACHE: "/old" }, 'TRANSFORMERS_CACHE is "/old"'],
    [{ SENTENCE_TRANSFORMERS_HOME: "/old" }, 'SENTENCE_TRANSFORMERS_HOME is "/old"'],
    [{ HF_HUB_OFFLINE: "y" }, "HF_HUB_OFFLINE=y does nothing"],
    [{ HF_HUB_OFFLINE: "0", TRANSFORMERS_OFFLINE: "1" }, "HF_HUB_OFFLINE=0 switches TRANSFORMERS_OFFLINE=1 off"],
    [{ XDG_CACHE_HOME: "~/cache" }, 'XDG_CACHE_HOME is "~/cache", as it is written'],
    [{ PRELOAD_HF_ENDPOINT: "http://mirror.example" }, "hf       http://mirror.example/: plain http"],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "NODE_TLS_REJECT_UNAUTHORIZED=0"],
    [{ PRELOAD_CACHEROOT: "/models" }, "PRELOAD_CACHEROOT is no variable of preload's"],
    [{ HF_CACHE_DIR: "/models" }, "HF_CACHE_DIR is read by no version of huggingface_hub"],
    [{ WHISPER_CACHE_DIR: "/models" }, "WHISPER_CACHE_DIR is read by no version of openai-whisper"],
    [{ SPACY_DATA: "/models" }, "SPACY_DATA is read by no version of spaCy 3"],
    [{ HUGGINGFACE_TOKEN: "hf_x" }, "HUGGINGFACE_TOKEN holds a token that huggingface_hub does not read"],
    [{ VIRTUAL_ENV: "/no/such" }, "VIRTUAL_ENV: /no/such: no site-packages found: there is nothing"],
  ])("%o", async (env, what) => {
    const { code, bad } = await doctor(await world({ config: "none" }), env);

    expect(bad.map((finding) => finding.what)).toContain(what);
    expect(bad.filter(({ level }) => level === "error")).toEqual([]);
    expect(code).toBe(0);
  });

  test("a cache that the clients do not look into by themselves", async () => {
    const { bad, code } = await doctor(await world(), {}, ["--cache-root", "models"]);

    expect(code).toBe(0);
    expect(bad.map(({ what }) => what).join("\n")).toMatch(
      /hf: a program started from here looks in .*, not in .*models/,
    );
  });

  test("the same repository in two caches", async () => {
    const w = await world();
    await w.preload(["install", "hf:preload-demo/tiny-bart"]);
    await cp(w.hub, join(w.project, ".cache/huggingface/hub"), { recursive: true, verbatimSymlinks: true });

    const { bad } = await doctor(w);

    expect(bad[0]?.what).toBe(
      `hf:preload-demo/tiny-bart also in ${join(w.project, ".cache/huggingface/hub")} (the project's .cache)`,
    );
  });

  test("a pipeline for another spaCy than the environment has", async () => {
    const w = await world();
    await w.preload(["install"]);
    const venv = await venvWith(w, "spacy-3.7.5");

    const { bad } = await doctor(w, { VIRTUAL_ENV: venv });

    expect(bad.map(({ what }) => what)).toContain("spacy:en_demo_core is version 3.8.0, and spaCy is 3.7.5");
  });

  test("a .bin that transformers would have converted by a service", async () => {
    const w = await world();
    await w.preload(["install"]);
    const venv = await venvWith(w, "transformers-5.18.0", "torch-2.13.0");

    const trap = await doctor(w, { VIRTUAL_ENV: venv });
    const off = await doctor(w, { VIRTUAL_ENV: venv, DISABLE_SAFETENSORS_CONVERSION: "true" });

    expect(trap.bad.map(({ what }) => what).join()).toContain("asks a service to convert hf:preload-demo/tiny-led-bin");
    expect(off.bad).toEqual([]);
  });

  test("a switch for that conversion which transformers 4 does not understand", async () => {
    const w = await world();
    await w.preload(["install"]);
    const venv = await venvWith(w, "transformers-4.57.6", "torch-2.13.0");

    const { bad } = await doctor(w, { VIRTUAL_ENV: venv, DISABLE_SAFETENSORS_CONVERSION: "1" });

    expect(bad.map(({ what }) => what).join()).toContain("asks a service to convert hf:preload-demo/tiny-led-bin");
  });

  test("a disk without room for what is locked", async () => {
    const w = await world();
    await w.preload(["lock"]);
    const lock = JSON.parse(await readFile(join(w.project, "preload.lock"), "utf8"));
    const file = JSON.stringify(lock).replace(/"size":(\d{3,})/, '"size":9007199254740000');
    await writeFile(join(w.project, "preload.lock"), file);

    const { bad } = await doctor(w);

    expect(bad.map(({ what }) => what).join()).toMatch(/needs 9007 TB more for what is locked, and has .* free/);
  });
});

test("the known traps of a library are told as far as the models step into them", async () => {
  const w = await world();
  await w.preload(["install"]);
  const venv = await venvWith(w, "transformers-5.18.0", "huggingface_hub-1.33.0", "torch-2.13.0");
  const env = { VIRTUAL_ENV: venv, DISABLE_SAFETENSORS_CONVERSION: "true" };

  const { code, findings } = await doctor(w, env);

  const notes = findings.filter(({ level, topic }) => level === "note" && topic === "python");
  expect(notes.map(({ what }) => what)).toEqual([
    "transformers 5.18.0 has fewer pipelines than version 4",
    "huggingface_hub 1.33.0 keeps what it fetches over Xet in a store that all repositories share",
    expect.stringContaining("Python does not import from"),
  ]);
  expect(notes[0]?.why).toContain("summarization, translation");
  expect(code).toBe(0);
});

test("--only looks at the sources it names", async () => {
  const w = await world({ config: "none" });

  const { findings } = await doctor(w, {}, ["--only", "whisper"]);
  const wrong = await w.preload(["doctor", "--only", "whsiper"]);

  expect(findings.map(({ what }) => what).filter((what) => /^(hf|spacy|whisper) /.test(what))).toEqual([
    expect.stringContaining(w.whisper),
    expect.stringMatching(/^whisper +http/),
  ]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Did you mean whisper?")]);
});

describe.skipIf(process.platform === "win32")("--uid", () => {
  const owner = process.getuid?.() ?? 0;
  const other = `${owner + 4321}:${owner + 4321}`;

  async function opened(): Promise<World> {
    const w = await world();
    await w.preload(["install"]);
    for (const folder of [join(w.home, ".."), w.home, w.project]) await chmod(folder, 0o755);
    return w;
  }

  test("says that another user can read what is there", async () => {
    const w = await opened();

    const { code, findings } = await doctor(w, {}, ["--uid", other]);

    const said = findings.map(({ what }) => what);
    expect(said).toContain(`whisper: user ${other} can read ${w.whisper}`);
    expect(said).toContain(`hf: user ${other} can read ${w.hub}, and cannot write to it`);
    expect(code).toBe(0);
  });

  test("says which file of which model it cannot", async () => {
    const w = await opened();
    await chmod(join(w.whisper, "tiny-demo.pt"), 0o600);

    const { code, bad } = await doctor(w, {}, ["--uid", other]);

    expect(bad.find(({ level }) => level === "error")).toMatchObject({
      what: expect.stringMatching(
        new RegExp(
          `^whisper: user ${other} cannot read a file or folder of whisper:tiny-demo, such as .*tiny-demo.pt \\(mode 0600`,
        ),
      ),
      fix: expect.stringContaining(`chown -R ${other} ${w.whisper}`),
    });
    expect(code).toBe(3);
  });

  test("says which folder above keeps it out", async () => {
    const w = await opened();
    await chmod(w.home, 0o700);

    const { code, bad } = await doctor(w, {}, ["--uid", other]);

    expect(bad[0]?.what).toContain(`user ${other} cannot enter ${w.home} (mode 0700`);
    expect(code).toBe(3);
  });

  test("wants numbers", async () => {
    const w = await world({ config: "none" });

    const { code, stderr } = await w.preload(["doctor", "--uid", "ada"]);

    expect([code, stderr]).toEqual([2, expect.stringContaining('"ada" is not a user\'s number')]);
  });
});

test("a directory that is read-only is told, and is no fault", async (context) => {
  if (process.getuid?.() === 0) return context.skip("root may write everywhere");
  const w = await world();
  await w.preload(["install"]);
  await chmod(w.hub, 0o555);

  const { code, findings } = await doctor(w);

  expect(code).toBe(0);
  expect(findings.map(({ what }) => what).join("\n")).toContain("read-only");
});

test("the proxy of each host is told, without its password", async () => {
  const w = await world({ config: "none", env: { PRELOAD_HF_ENDPOINT: "https://hub.example" } });
  const env = { HTTPS_PROXY: "http://ada:verysecret@proxy.example:3128" };

  const { stdout } = await w.preload(["doctor"], { env });

  expect(stdout).toContain("hf       https://hub.example/ over the proxy http://…@proxy.example:3128");
  expect(stdout).not.toContain("verysecret");
});

test("a mirror is told without the password in its address", async () => {
  const w = await world({ config: "none", env: { PRELOAD_HF_ENDPOINT: "https://ada:verysecret@hub.example" } });

  const { stdout } = await w.preload(["doctor"]);

  expect(stdout).toContain("hf       https://hub.example/");
  expect(stdout).not.toContain("verysecret");
});

test("half a transfer is told, with its size", async () => {
  const w = await world({ config: "none" });
  await mkdir(w.whisper, { recursive: true });
  await writeFile(join(w.whisper, "tiny.en.pt.d3dd57d32acc.part"), "x".repeat(1500));

  const { findings } = await doctor(w);

  expect(findings.find(({ topic }) => topic === "caches")?.what).toContain(
    `1 unfinished transfer in ${w.whisper}, 1.5 kB`,
  );
});

describe("the token", () => {
  test("is never shown, only where it comes from and who sees it", async () => {
    const w = await world({ config: "none" });

    const { stdout } = await w.preload(["doctor"], { env: { HF_TOKEN: "hf_verysecret" } });

    expect(stdout).toContain("from HF_TOKEN, shown to https://huggingface.co, https://hf.co,");
    expect(stdout).not.toContain("verysecret");
  });

  test("is not shown to a host that only the config names", async () => {
    const w = await world({ env: { PRELOAD_HF_ENDPOINT: "" } });

    const { findings } = await doctor(w, { HF_TOKEN: "hf_verysecret" });

    expect(findings.find(({ topic }) => topic === "token")?.what).toBe(
      "from HF_TOKEN, shown to https://huggingface.co, https://hf.co and to nobody else",
    );
  });

  test("that is held back is told", async () => {
    const w = await world({ config: "none" });

    const { findings } = await doctor(w, { HF_TOKEN: "hf_verysecret", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" });

    expect(findings.find(({ topic }) => topic === "token")?.what).toContain("keeps it from being sent");
  });
});

describe("--net", () => {
  test("asks each source, and tells how long each step took", async () => {
    const w = await world();
    await w.preload(["install"]);

    const { code, stdout } = await w.preload(["doctor", "--net"], { env: { HF_TOKEN: demoToken } });

    expect(code).toBe(0);
    for (const name of ["hf", "whisper", "spacy"]) {
      expect(stdout).toMatch(
        new RegExp(`ok +${name} +127.0.0.1:\\d+: name \\d+ ms, connection \\d+ ms, answer \\d+ ms, status 20[06]`),
      );
    }
    expect(stdout).toContain("accepted, as demo");
  });

  test("says which step fails", async () => {
    const w = await world({ config: "none", env: { PRELOAD_HF_ENDPOINT: "http://127.0.0.1:9" } });

    const { code, bad } = await doctor(w, {}, ["--net"]);

    expect(code).toBe(3);
    expect(bad.map(({ what }) => what)).toContain("hf       127.0.0.1:9: no connection (ECONNREFUSED)");
  });

  test("shows who signed a host's certificate", async () => {
    const { ca, server } = await privateCa();
    const origin = await serve({}, { tls: server });
    onTestFinished(() => origin.close());
    const w = await world({ config: "none", env: { PRELOAD_WHISPER_ENDPOINT: origin.url } });
    await writeFile(join(w.home, "ca.pem"), ca);

    const known = await doctor(w, { SSL_CERT_FILE: join(w.home, "ca.pem") }, ["--net", "--only", "whisper"]);
    const unknown = await doctor(w, {}, ["--net"]);

    expect(known.findings.map(({ what }) => what).join("\n")).toMatch(
      /whisper +127\.0\.0\.1:\d+: .*certificate \d+ ms, answer \d+ ms, status 404, its certificate by Preload test authority/,
    );
    expect(unknown.bad.find(({ what }) => what.startsWith("whisper"))).toMatchObject({
      what: expect.stringContaining("no certificate ("),
      fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });

  test("tells a certificate that has ended from one that is not trusted, and names the clock", async () => {
    const { ca, server } = await privateCa([], { serverUntil: new Date(Date.now() - 60_000) });
    const origin = await serve({}, { tls: server });
    onTestFinished(() => origin.close());
    const w = await world({ config: "none", env: { PRELOAD_WHISPER_ENDPOINT: origin.url } });
    await writeFile(join(w.home, "ca.pem"), ca);

    const { code, bad } = await doctor(w, { SSL_CERT_FILE: join(w.home, "ca.pem") }, ["--net"]);

    expect(bad.find(({ what }) => what.startsWith("whisper"))).toMatchObject({
      what: expect.stringContaining("no certificate (CERT_HAS_EXPIRED)"),
      fix: expect.stringContaining("set the clock"),
    });
    expect(code).toBe(3);
  });

  test.each([
    [3 * 3600 + 30, "is 3 h behind"],
    [-2 * 3600 - 30, "is 2 h ahead of"],
  ])("a clock that differs from every host by %i s is a warning", async (seconds, what) => {
    const late = createServer((_, answer) => {
      answer.sendDate = false;
      answer.setHeader("date", new Date(Date.now() + seconds * 1000).toUTCString());
      answer.writeHead(206, { "content-length": "1" }).end("x");
    });
    await new Promise<void>((resolve) => late.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void late.close());
    const url = `http://127.0.0.1:${(late.address() as AddressInfo).port}`;
    const names = ["HF", "WHISPER", "SPACY"].map((name) => [`PRELOAD_${name}_ENDPOINT`, url]);
    const w = await world({ config: "none", env: Object.fromEntries(names) });

    const { code, bad } = await doctor(w, {}, ["--net"]);

    expect(bad.map((finding) => finding.what)).toContainEqual(expect.stringContaining(`the clock ${what} 127.0.0.1`));
    expect(code).toBe(0);
  });

  test("a clock that agrees with one host is right", async () => {
    const w = await world();

    const { findings } = await doctor(w, {}, ["--net"]);

    expect(findings).toContainEqual(
      expect.objectContaining({ level: "ok", what: expect.stringMatching(/^the clock agrees with 127/) }),
    );
  });

  test("says that the Hub does not know the token", async () => {
    const w = await world();

    const { code, bad } = await doctor(w, { HF_TOKEN: "hf_wrong" }, ["--net"]);

    expect(code).toBe(3);
    expect(bad.map(({ what }) => what)).toContain("token    from HF_TOKEN is not accepted (status 401)");
  });

  test("asks nobody where the environment says offline", async () => {
    const w = await world();

    const { findings } = await doctor(w, { HF_HUB_OFFLINE: "1" }, ["--net"]);

    expect(findings.map(({ what }) => what)).toContain("not asked: HF_HUB_OFFLINE=1 forbids the network");
    expect(w.demo.origin.requests).toEqual([]);
  });
});

test("the libraries of an environment are read from its metadata", async () => {
  const w = await world({ config: "none" });
  const venv = await venvWith(
    w,
    "huggingface_hub-1.33.0",
    "sentence_transformers-6.0.1",
    "openai_whisper-20250625",
    "numpy-2.0",
  );

  expect(installedIn(venv, { platform: "linux", env: {}, home: w.home, cwd: w.project })).toMatchObject({
    venv,
    "huggingface-hub": "1.33.0",
    "sentence-transformers": "6.0.1",
    "openai-whisper": "20250625",
  });
});

test.each([
  ["20.19.0", "ok"],
  ["22.1.0", "ok"],
  ["20.18.3", "error"],
  ["18.20.0", "error"],
])("Node %s is %s", (node, level) => {
  expect(machineFindings(node)[0]?.level).toBe(level);
});

describe("help on a topic", () => {
  test.each([
    ["exit-codes", "130  interrupted"],
    ["environment", "PRELOAD_STATE_DIR"],
    ["doctor", "preload doctor --net"],
  ])("%s", async (topic, text) => {
    const { code, stdout } = await run(["help", topic], { cwd: process.cwd() });

    expect(code).toBe(0);
    expect(stdout).toContain(text);
  });

  test("that is none is a usage error with a suggestion", async () => {
    const { code, stderr } = await run(["help", "exit-code"], { cwd: process.cwd() });

    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean exit-codes?");
  });
});
