import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "test",
  globalSetup: "@preload/test-setup/playwright",
});
