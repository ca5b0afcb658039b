import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";

let server;
let base;
before(async () => {
  server = spawn(process.execPath, ["server.mjs"], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(server.stdout, "data");
  base = `http://127.0.0.1:${/\d+/.exec(said)[0]}`;
});
after(() => server.kill());

for (const model of ["preload-demo/tiny-bart", "preload-demo/tiny-sentence"]) {
  test(`the server knows ${model}`, async () => {
    const config = await (await fetch(`${base}/${model}`)).json();
    assert.ok(config.model_type);
  });
}

test("and says so when it knows nothing", async () => {
  assert.equal((await fetch(`${base}/nobody/nothing`)).status, 404);
});
