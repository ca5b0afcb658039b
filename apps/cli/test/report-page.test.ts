import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { barriers, chromium, opened, startChromium } from "./support/chromium.ts";
import { pages } from "./support/pages.ts";
import { world } from "./support/world.ts";

test("preload report writes a page about this project and this machine", async () => {
  const { preload, project } = await world();
  await preload([]);
  await preload(["ci"]);

  const ran = await preload(["report", "--html", "report.html", "--json"]);

  expect(JSON.parse(ran.stdout)).toMatchObject({ command: "report", html: join(project, "report.html"), runs: 2 });
  const page = await readFile(join(project, "report.html"), "utf8");
  for (const words of ["Models of project", "hf:preload-demo/tiny-bart", "2 runs on", "100 %"]) {
    expect(page).toContain(words);
  }
  expect(page).not.toContain(project);
});

test("what no profile uses is there to be dropped, with its size", async () => {
  const { preload, project } = await world();
  await preload(["install", "whisper:tiny-demo", "hf:preload-demo/tiny-sentence"]);
  await preload(["remove", "whisper:tiny-demo"]);

  await preload(["report", "--html", "report.html"]);

  const page = await readFile(join(project, "report.html"), "utf8");
  const [, dropped = ""] = page.split("What to drop</h2>");
  expect(dropped).toMatch(/whisper:tiny-demo<\/th><td class="number">449 kB/);
  expect(dropped).not.toContain("tiny-sentence");
});

test.each([
  [["report"], 2, "--html report.html"],
  [["report", "--html", "nowhere/report.html"], 7, "cannot be written (ENOENT)"],
])("%j ends with %d", async (args, code, words) => {
  const { preload } = await world();

  const ran = await preload(args);

  expect(ran.code).toBe(code);
  expect(ran.stderr).toContain(words);
});

/** What is drawn beyond the box it belongs to, where it would cover something else. */
const protruding = `[...document.querySelectorAll(".chart *, .tiles *, h1, figure, .key")]
  .filter((one) => {
    const box = (one.closest("section, .tiles li, header")).getBoundingClientRect();
    const own = one.getBoundingClientRect();
    return own.width > 0 && (own.right > box.right + 1 || own.left < box.left - 1);
  })
  .map((one) => one.outerHTML.slice(0, 120))`;

/** Tables that somebody would have to push aside (that with all the numbers is wider than a telephone), and words of a chart that lie upon each other. */
const crowded = `[
  ...[...document.querySelectorAll("section > .scroll")].filter((one) => one.scrollWidth > one.clientWidth),
  ...[...document.querySelectorAll(".chart svg")].flatMap((chart) => {
    const boxes = [...chart.querySelectorAll("text")].map((one) => [one, one.getBoundingClientRect()]);
    return boxes
      .filter(([one, a]) => boxes.some(([other, b]) => other !== one && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom))
      .map(([one]) => one);
  }),
].map((one) => one.outerHTML.slice(0, 160))`;

// Where CI runs, it is installed first, and a machine without it is an error there.
describe.skipIf(chromium === undefined)("in a browser", () => {
  let browser: Browser;
  let dir: string;
  const looks = [
    { width: 1280, scheme: "light" },
    { width: 1280, scheme: "dark" },
    { width: 360, scheme: "light" },
    { width: 360, scheme: "dark" },
  ] as const;

  beforeAll(async () => {
    dir = process.env.PRELOAD_TEST_PAGES ?? (await tempDir());
    await mkdir(dir, { recursive: true });
    browser = await startChromium();
    for (const [name, text] of Object.entries(pages)) await writeFile(join(dir, `${name}.html`), text);
  });

  afterAll(() => browser?.close());

  test.each(Object.keys(pages))("the page of %s has no barrier, nothing that is cut off, and no wish", async (name) => {
    for (const look of looks) {
      const page = await opened(browser, join(dir, `${name}.html`), look);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const said: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      await page.reload();

      expect(asked).toEqual([`file://${join(dir, `${name}.html`).replaceAll(" ", "%20")}`]);
      expect(said).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(look.width);
      expect(await page.evaluate(protruding)).toEqual([]);
      expect(await page.evaluate(crowded)).toEqual([]);
      expect(await barriers(page)).toEqual([]);
      if (process.env.PRELOAD_TEST_PAGES) {
        await page.screenshot({ path: join(dir, `${name}-${look.width}-${look.scheme}.png`), fullPage: true });
      }
      await page.close();
    }
  });

  test("no name and no message becomes markup", async () => {
    const page = await opened(browser, join(dir, "long names.html"), looks[0]);

    expect(await page.evaluate("document.querySelectorAll('script, img').length")).toBe(0);
    expect(await page.evaluate("document.body.textContent")).toContain("<script>alert(1)</script>");
  });

  test("without scripts all of it is there, and on paper the numbers are as well", async () => {
    const page = await browser.newPage();
    await page.setJavaScriptEnabled(false);
    await page.goto(`file://${join(dir, "a month.html")}`);
    await page.emulateMediaType("print");

    const text = await page.$eval("details", (element) => element.getBoundingClientRect().height);

    expect(text).toBeGreaterThan(200);
  });

  test("every chart has a name and a table with its numbers", async () => {
    const page = await opened(browser, join(dir, "a month.html"), looks[0]);

    const charts = await page.evaluate(
      `[...document.querySelectorAll("[role=img]")].map((one) => one.getAttribute("aria-label"))`,
    );

    expect(charts).toHaveLength(2);
    for (const name of charts as string[]) expect(name).toContain("the numbers are in the table below");
    expect(await page.$$eval("details table tbody tr", (rows) => rows.length)).toBeGreaterThan(10);
  });
});
