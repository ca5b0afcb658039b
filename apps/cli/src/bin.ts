#!/usr/bin/env node
import { replay } from "./receipt/replay.ts";

if (!replay(__dirname, process.argv.slice(2), process.env)) void import("./run.ts");
