export type { Finding, ModelFinding, UnclearFinding } from "./finding.ts";
export { modelsIn, type UsedModel } from "./models.ts";
export { skippedByDefault } from "./rules.ts";
export { type Scan, type ScanOptions, scan } from "./scan.ts";
