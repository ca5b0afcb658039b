import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { repack } from "./support/repack.ts";
import { models, type World, world } from "./support/world.ts";

async function cached(): Promise<World & { key: string }> {
  const made = await world(models(2));
  await (await made.machine()).run();
  const key = made.service.keys.find((one) => one.includes("org-m1")) ?? "";
  return { ...made, key };
}

/** The one folder in an archive, and the files in it. */
function inside(content: string): { folder: string; files: string[] } {
  const folder = join(content, readdirSync(content)[0] ?? "");
  return { folder, files: readdirSync(folder).map((name) => join(folder, name)) };
}

const damages: Readonly<Record<string, (made: World, key: string) => Promise<void> | void>> = {
  "a byte of a file is another one": ({ service }, key) =>
    repack(service, key, (content) => {
      const { files } = inside(content);
      const [file = ""] = files.filter((path) => path.endsWith("-40000"));
      const bytes = readFileSync(file);
      bytes[7] = (bytes[7] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      return undefined;
    }),
  "a file is cut off": ({ service }, key) =>
    repack(service, key, (content) => {
      const [file = ""] = inside(content).files.filter((path) => path.endsWith("-40000"));
      writeFileSync(file, readFileSync(file).subarray(0, 1000));
      return undefined;
    }),
  "a file is missing": ({ service }, key) =>
    repack(service, key, (content) => {
      rmSync(inside(content).files[0] ?? "");
      return undefined;
    }),
  "there are files that the lock does not name": ({ service }, key) =>
    repack(service, key, (content) => {
      writeFileSync(join(inside(content).folder, "pytorch_model.bin"), "foreign");
      return undefined;
    }),
  "it is laid out otherwise": ({ service }, key) =>
    repack(service, key, (content) => {
      const { folder } = inside(content);
      mkdirSync(join(content, "models--org--m1"));
      renameSync(folder, join(content, "models--org--m1/blobs"));
      return undefined;
    }),
  "a link stands in place of a file": ({ service }, key) =>
    repack(service, key, (content) => {
      const [file = ""] = inside(content).files;
      rmSync(file);
      symlinkSync("/etc/passwd", file);
      return undefined;
    }),
  "a file stands in place of its folder": ({ service }, key) =>
    repack(service, key, (content) => {
      const { folder } = inside(content);
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "");
      return undefined;
    }),
  "there is something beside its folder, where we keep notes": ({ service }, key) =>
    repack(service, key, (content) => {
      mkdirSync(join(content, "run.json"));
      mkdirSync(join(content, "cache-facts.json"));
      return undefined;
    }),
  "there is a file in place of another entry's folder": ({ service }, key) =>
    repack(service, key, (content) => {
      writeFileSync(join(content, service.keys.find((other) => other !== key) ?? ""), "");
      return undefined;
    }),
  "names are no text, and folders may not be entered": ({ service }, key) =>
    repack(service, key, (content) => {
      const { folder } = inside(content);
      const closed = Buffer.concat([Buffer.from(`${folder}/closed`), Buffer.from([0xff, 0xfe])]);
      mkdirSync(closed);
      writeFileSync(Buffer.concat([closed, Buffer.from([0x2f, 0xff])]), "");
      chmodSync(closed, 0);
      return undefined;
    }),
  "its archive is cut off": ({ service }, key) => {
    const archive = service.archive(key);
    service.replace(key, archive.subarray(0, archive.length / 2));
  },
  "its archive is none": ({ service }, key) => service.replace(key, Buffer.from("<html>log in</html>")),
  "its archive is empty": ({ service }, key) => service.replace(key, Buffer.alloc(0)),
};

describe("an entry of which", () => {
  for (const [what, damage] of Object.entries(damages)) {
    test(`${what} is healed, reported, and replaced for those who come after`, async () => {
      const made = await cached();
      await damage(made, made.key);
      made.demo.origin.clear();

      const healed = await (await made.machine()).run();
      expect(healed).toMatchObject({ code: 0, outputs: { hit: "partial", complete: "true" }, uploads: 1 });
      expect(healed.annotations).toEqual([{ level: "notice", text: expect.stringContaining(made.key) }]);
      expect(made.service.keys).toContain(`${made.key}-r1`);
      // The other model came from the cache.
      expect(made.demo.origin.count("org/m2")).toBe(0);

      const after = await (await made.machine()).run();
      expect(after).toMatchObject({ code: 0, outputs: { hit: "exact" }, asked: 0, uploads: 0, annotations: [] });
    });
  }
});

test("what took the place of a bad entry, and is bad itself, is replaced by the next", async () => {
  const made = await cached();
  made.service.replace(made.key, Buffer.from("no archive"));
  await (await made.machine()).run();
  made.service.replace(`${made.key}-r1`, Buffer.from("no archive, either"));

  expect(await (await made.machine()).run()).toMatchObject({ code: 0, uploads: 1 });
  expect(made.service.keys).toContain(`${made.key}-r2`);
  expect(await (await made.machine()).run()).toMatchObject({ outputs: { hit: "exact" }, asked: 0, uploads: 0 });
});

test("a run that may not save heals a bad entry each time, and says so", async () => {
  const made = await cached();
  made.service.replace(made.key, Buffer.from("no archive"));

  for (let time = 0; time < 2; time += 1) {
    const step = await (await made.machine()).run({ save: "false" });
    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 0 });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining(made.key) }]);
  }
});

describe("an entry that somebody prepared writes nothing outside of its folder:", () => {
  async function attacked(change: (content: string, folder: string, victim: string) => readonly string[]) {
    const made = await cached();
    const victim = await tempDir();
    await repack(made.service, made.key, (content) => change(content, inside(content).folder, victim));
    const own = await made.machine();
    const step = await own.run();
    expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
    expect(readdirSync(victim)).toEqual([]);
    expect(readdirSync(own.temp)).toEqual([]);
    return { own, step };
  }

  test("not by an absolute name", async () => {
    await attacked((content, _, victim) => {
      writeFileSync(join(content, "evil"), "evil");
      return [".", `--transform=s,^evil,${victim}/evil,`, "evil"];
    });
  });

  test("not by a name that climbs", async () => {
    await attacked((content) => {
      writeFileSync(join(content, "evil"), "evil");
      return [".", "--transform=s,^evil,../climbed,", "evil"];
    });
  });

  test("not through a link that it brings along", async () => {
    const { own } = await attacked((content, folder, victim) => {
      symlinkSync(victim, join(folder, "out"));
      const name = folder.slice(content.length + 1);
      writeFileSync(join(content, "evil"), "evil");
      return [name, `--transform=s,^evil,${name}/out/evil,`, "evil"];
    });
    expect(existsSync(join(own.hub, "out"))).toBe(false);
  });
});

test("of an archive that grows beyond what the lock names, no more is unpacked, and the model is fetched", async () => {
  const made = await cached();
  await repack(made.service, made.key, (content) => {
    const { folder } = inside(content);
    writeFileSync(join(content, "bomb"), Buffer.alloc(30_000_000));
    // What comes behind it is not reached.
    return ["bomb", folder.slice(content.length + 1)];
  });
  made.demo.origin.clear();

  const step = await (await made.machine()).run();

  expect(step).toMatchObject({ code: 0, outputs: { hit: "partial", complete: "true" }, uploads: 1 });
  expect(made.demo.origin.count("org/m1")).toBeGreaterThan(0);
  expect(made.service.keys).toContain(`${made.key}-r1`);
});

test("names in an archive are no commands to a runner that lists them for debugging", async () => {
  const made = await cached();
  await repack(made.service, made.key, (content) => {
    writeFileSync(join(content, "::save-state name=evil::1"), "");
    // Named by itself, so that it is listed without a folder in front.
    return ["--", ...readdirSync(content)];
  });

  const step = await (await made.machine()).run({}, { RUNNER_DEBUG: "1" });

  expect(step).toMatchObject({ code: 0, outputs: { complete: "true" } });
  expect(step.log).not.toMatch(/^\s*::save-state/m);
});
