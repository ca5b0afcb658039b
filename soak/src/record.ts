import { readFile, writeFile } from "node:fs/promises";

const path = new URL("../../docs/faults.md", import.meta.url);
const head = `# What can go wrong, and how it ends

Written by \`npm run test:soak -- --write\`, section by section; every line held when it was written.
What can happen to one file is tested in \`packages/core/test\` as well: \`download.test.ts\`, \`interrupted-ranges.test.ts\`,
\`disk.test.ts\`, \`processes.test.ts\`.
`;

/** Puts these sections in the place of their earlier selves; the others stay. Those that `order` names come first. */
export async function record(sections: ReadonlyMap<string, string>, order: readonly string[]): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => "");
  const known = before
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const [title = "", ...lines] = text.split("\n");
      return [title, lines.join("\n").trim()] as const;
    });
  const all = new Map([...known, ...[...sections].map(([title, text]) => [title, text.trim()] as const)]);
  const titles = [
    ...order.filter((title) => all.has(title)),
    ...[...all.keys()].filter((title) => !order.includes(title)),
  ];
  const inOrder = titles.map((title) => [title, all.get(title)] as const);
  const text = inOrder.map(([title, body]) => `\n## ${title}\n\n${body}\n`).join("");
  await writeFile(path, `${head}${text}`);
}
