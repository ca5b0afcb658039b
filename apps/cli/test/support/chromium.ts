import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import axe from "axe-core";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

/** The browser of this machine; undefined where there is none. */
export const chromium: string | undefined = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((dir) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(dir, name)))
  .find((path) => existsSync(path));

/** Milliseconds for what takes one where a machine is not busy. */
const timeout = 100_000;

export async function startChromium(): Promise<Browser> {
  return puppeteer.launch({
    timeout,
    executablePath: chromium ?? "chromium",
    // Root in a container has no sandbox, and the page is our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
  });
}

export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** Opens a file as somebody with such a screen. */
export async function opened(browser: Browser, path: string, { width, scheme }: Look): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(`file://${path}`);
  return page;
}

/** What axe finds wrong, each as `rule: where`. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
