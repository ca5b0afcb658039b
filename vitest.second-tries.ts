import type { Reporter, TestModule, Vitest } from "vitest/node";

/** Names the tests that failed once and passed the second time: each is a race, of the test or of the product, to be found. */
export class SecondTries implements Reporter {
  private vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const flaky = tests.filter((test) => test.diagnostic()?.flaky === true);
    for (const { fullName, module } of flaky) {
      this.vitest?.logger.log(`flaky: ${module.relativeModuleId}: "${fullName}" passed only the second time`);
    }
  }
}
