import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { type Finding, scan } from "../src/index.ts";
import { figuresOf, foundAt, type Site, said, sitesIn } from "./support/sites.ts";

const dir = fileURLToPath(new URL("fixtures", import.meta.url));
let sites: Site[];
let findings: readonly Finding[];

beforeAll(async () => {
  sites = await sitesIn(dir);
  ({ findings } = await scan(["."], { cwd: dir }));
});

test("every labelled site is told as its label says", () => {
  const wrong = sites.flatMap((site) => {
    const found = foundAt(site, findings);
    const { file, line, expected } = site;
    return found.join(" ") === expected.join(" ") ? [] : [{ at: `${file}:${line}`, expected, found }];
  });

  expect(wrong).toEqual([]);
});

test("precision and recall, by shape", () => {
  const shapes = [...new Set(sites.map(({ shape }) => shape))].sort();
  const rows = shapes.map((shape) => {
    const {
      sites: all,
      exact,
      right,
      named,
      loaded,
    } = figuresOf(
      sites.filter((one) => one.shape === shape),
      findings,
    );
    return `${shape.padEnd(46)} ${String(all).padStart(3)} sites, ${exact} exact, ${right}/${named} named are loaded, ${right}/${loaded} loaded are named`;
  });
  const { right, named, loaded } = figuresOf(sites, findings);
  process.stdout.write(
    `${rows.join("\n")}\nprecision ${(right / named).toFixed(3)}, recall ${(right / loaded).toFixed(3)}\n`,
  );

  expect(sites.length).toBeGreaterThan(150);
  expect(right / named).toBeGreaterThanOrEqual(0.95);
  expect(right / loaded).toBeGreaterThanOrEqual(0.9);
});

test("nothing is found where there is no label", () => {
  const isLabelled = (one: Finding) =>
    sites.some(({ file, line, cell }) => file === one.file && line === one.line && cell === one.cell);

  expect(findings.filter((one) => !isLabelled(one)).map((one) => `${one.file}:${one.line} ${said(one)}`)).toEqual([]);
});
