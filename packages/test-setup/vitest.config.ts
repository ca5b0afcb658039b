import { mergeConfig } from "vitest/config";
import base from "../../vitest.base.ts";

// Most tests start a runner, and that its workers, more than once; a machine may be busy.
export default mergeConfig(base, { test: { testTimeout: 120_000 } });
