import { expect, test } from "vitest";
import { world } from "./support/world.ts";

test("the demo does what it says, shortly, whatever is in the environment", async () => {
  const env = {
    HF_HUB_OFFLINE: "1",
    HF_HOME: "/nowhere",
    HTTPS_PROXY: "http://127.0.0.1:9",
    http_proxy: "http://127.0.0.1:9",
  };
  const { preload } = await world({ config: "none", env });

  const { code, stdout, stderr } = await preload(["demo"]);

  expect(stdout + stderr).toContain("8 steps, all as said.");
  expect(stdout).toMatch(/\$ preload ci[\s\S]*?the server saw 0 requests and sent 0 bytes/);
  expect(`${stdout}${stderr}`.split("\n").length).toBeLessThan(80);
  expect(code).toBe(0);
});

test("demo --json prints one document, and tells its story beside it", async () => {
  const { preload } = await world({ config: "none" });

  const { code, stdout, stderr } = await preload(["demo", "--json"]);

  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ version: 1, command: "demo", ok: true, exitCode: 0 });
  expect(document.steps).toHaveLength(8);
  expect(stderr).toContain("$ preload ci");
  expect(code).toBe(0);
});
