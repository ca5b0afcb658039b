import { createHttp } from "../../src/index.ts";

/** Options for a run in which one further try comes at once. */
export const calm = { http: createHttp({ machine: { env: {} }, retryDelays: [0] }), retryDelays: [0] } as const;
