import { version } from "../version.ts";
import { type Finding, on } from "./finding.ts";

const { ok, error } = on("machine");

export function machineFindings(node = process.versions.node): Finding[] {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const what = `preload ${version} on Node ${node}, ${process.platform} ${process.arch}`;
  if (major > 20 || (major === 20 && minor >= 19)) return [ok(what)];
  return [error(what, { why: "preload needs Node 20.19 or later.", fix: "Install a newer Node." })];
}
