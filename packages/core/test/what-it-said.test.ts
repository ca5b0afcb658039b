import { expect, test } from "vitest";
import { whatItSaid } from "../src/index.ts";

test.each([
  ["Invalid username or password.", "Invalid username or password."],
  ["Basic authentication is required, or a bearer token", "Basic authentication is required, or a bearer token"],
  ["  a page\n\n of\tlines ", "a page of lines"],
  ["you sent Authorization: Bearer hf_abcdefgh12", "you sent Authorization: Bearer …"],
  ['{"authorization": "Basic dXNlcjpwdw=="}', '{"authorization": "Basic …"}'],
  ["no such token: hf_abcdefgh12", "no such token: hf_…"],
  ["x".repeat(1000), `${"x".repeat(300)}…`],
])("of a refusal that says %j, %j is passed on", (text, shown) => {
  expect(whatItSaid(text)).toBe(shown);
});
