export {
  type Catalog,
  type SpacyRelease,
  spacyRelease,
  type Token,
  type WhisperModel,
  whisperModel,
} from "./catalog.ts";
export { type DemoCatalogOptions, demoCatalog, demoToken } from "./demo-catalog.ts";
export { demoConfig } from "./demo-config.ts";
export type { HubFile } from "./hub/file.ts";
export {
  commitAt,
  type Files,
  type Gate,
  type HubCommit,
  type HubRepo,
  type HubRepoOptions,
  hubRepo,
  type Kind,
} from "./hub/repo.ts";
export { type DemoInternet, startDemoInternet } from "./start-demo-internet.ts";
export { type DemoOrigin, type DemoOriginOptions, type Endpoints, startDemoOrigin } from "./start-demo-origin.ts";
