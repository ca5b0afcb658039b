import { get } from "node:https";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { privateCa, serve } from "../../testing/index.ts";

test("a server with the certificate is trusted by those who know the authority", async () => {
  const { ca, server } = await privateCa();
  const origin = await serve({ "/file": "content" }, { tls: server });
  onTestFinished(() => origin.close());

  expect(origin.url).toMatch(/^https:/);
  expect(await read(`${origin.url}/file`, ca)).toBe("content");
  expect(await read(`https://localhost:${origin.port}/file`, ca)).toBe("content");
  await expect(read(`${origin.url}/file`)).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
});

function read(url: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (answer) => resolve(text(answer))).on("error", reject);
  });
}
