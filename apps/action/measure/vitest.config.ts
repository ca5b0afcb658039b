import config from "../vitest.config.ts";

// Other files in place of the tests, not beside them.
export default { ...config, test: { ...config.test, include: ["measure/**/*.measure.ts"], testTimeout: 1_200_000 } };
