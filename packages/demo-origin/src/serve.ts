#!/usr/bin/env node
import { parseArgs } from "node:util";
import { demoCatalog } from "./demo-catalog.ts";
import { startDemoOrigin } from "./start-demo-origin.ts";

// Runs a demo origin for programs in other languages: one line of JSON with the endpoints, then it serves until killed.
const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, "hub-path": { type: "string" }, fixtures: { type: "string" } },
});
const demo = await startDemoOrigin({
  port: Number(values.port),
  hubPath: values["hub-path"],
  catalog: await demoCatalog({ fixtures: values.fixtures }),
});
process.stdout.write(`${JSON.stringify(demo.endpoints)}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void demo.close());
