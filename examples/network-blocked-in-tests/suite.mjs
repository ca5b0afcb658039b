// Tests during which nothing leaves this machine. A test that forgets to stand in for a server fails at once, by name.
//
//   node --test suite.mjs
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { blockNetwork } from "@preload/guards";

let unblock;
before(() => {
  unblock = blockNetwork();
});
after(() => unblock());

test("a server of the test's own is asked as ever", async () => {
  const server = createServer((_, response) => response.end("hello")).listen(0);
  const answer = await fetch(`http://localhost:${server.address().port}/`);
  assert.equal(await answer.text(), "hello");
  server.close();
});

test("another machine is not", async () => {
  await assert.rejects(fetch("https://huggingface.co/facebook/bart-base/resolve/main/config.json"), ({ cause }) => {
    assert.equal(cause.code, "ERR_PRELOAD_BLOCKED");
    return true;
  });
});
