export { type Body, bytes, contentOf, gitOid, pattern, sha256 } from "./body.ts";
export { type Fault, lfsPointer } from "./faults.ts";
export { type PrivateCa, privateCa } from "./privateCa.ts";
export { type Proxy, type ProxyOptions, type ProxyRequest, proxy } from "./proxy.ts";
export type { Headers, Reply } from "./reply.ts";
export type { Match, OriginRequest } from "./request.ts";
export { type Handler, type Origin, type Routes, type ServeOptions, serve } from "./serve.ts";
export { tempDir } from "./tempDir.ts";
export { tree } from "./tree.ts";
