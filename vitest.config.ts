import { defineConfig } from 'vitest/config';

/** One worker at a time where tests start processes: an engine or a workbench wants the machine for itself. */
const alone = { fileParallelism: false, maxWorkers: 1 } as const;

/** Tests of the engine run models on one thread, and a page waits for frames more than it computes. */
const twoAtATime = { maxWorkers: 2 } as const;

/** What is waited for comes at once, but the machine may be busy with something else for seconds. */
const patient = { expect: { poll: { timeout: 30_000 } } } as const;

/** A limit ends what hangs, not what is slow: compiling the shaders of software Vulkan alone takes minutes. */
const unhurried = { testTimeout: 600_000, hookTimeout: 600_000 } as const;

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, ...patient } },
      {
        test: {
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          globalSetup: 'scripts/setup-engine-tests.ts',
          ...unhurried,
          ...patient,
          ...twoAtATime,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: 'scripts/setup-fault-tests.ts',
          ...unhurried,
          ...patient,
          ...alone,
        },
      },
      {
        test: {
          name: 'webview',
          include: ['test/webview/**/*.test.ts'],
          globalSetup: 'scripts/setup-webview-tests.ts',
          testTimeout: 300_000,
          hookTimeout: 120_000,
          ...patient,
          ...twoAtATime,
        },
      },
      { test: { name: 'desktop', include: ['test/desktop/**/*.test.ts'], testTimeout: 900_000, hookTimeout: 900_000, ...alone } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/global-setup.ts',
          setupFiles: 'test/e2e/harness/setup.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
          ...alone,
        },
      },
    ],
  },
});
