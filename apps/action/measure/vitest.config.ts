import { mergeConfig } from "vitest/config";
import config from "../vitest.config.ts";

export default mergeConfig(config, { test: { include: ["measure/**/*.measure.ts"], testTimeout: 1_200_000 } });
