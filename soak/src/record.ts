import { readFile, writeFile } from "node:fs/promises";

const path = new URL("../../docs/faults.md", import.meta.url);
const head = `# What can go wrong, and how it ends

Written by \`npm run test:soak -- --write\`, section by section; every line held when it was written.
What the disk does (full, read-only, forbidden, something else in the place, names too long) is tested by
\`packages/core/test/disk.test.ts\`, one file at a time by \`download.test.ts\` and \`interrupted-ranges.test.ts\` beside it.
`;

/** Puts these sections in the place of their earlier selves; the others stay. */
export async function record(sections: ReadonlyMap<string, string>): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => "");
  const known = before
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const [title = "", ...lines] = text.split("\n");
      return [title, lines.join("\n").trim()] as const;
    });
  const all = new Map([...known, ...[...sections].map(([title, text]) => [title, text.trim()] as const)]);
  const text = [...all].map(([title, body]) => `\n## ${title}\n\n${body}\n`).join("");
  await writeFile(path, `${head}${text}`);
}
