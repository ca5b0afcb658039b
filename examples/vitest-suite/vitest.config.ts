import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["@preload/test-setup/vitest"],
  },
});
