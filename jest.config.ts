import type { Config } from 'jest';

// Not UTC, and not whole hours from it: a time that is taken for a local one shows.
process.env.TZ = 'America/St_Johns';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.cjs'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        // The same settings that ts-node derives from tsconfig.json.
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs', strictMode: true },
        jsc: {
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          target: 'es2022',
          keepClassNames: true,
          transform: { legacyDecorator: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  maxWorkers: 3,
  testTimeout: 20_000,
};

export default config;
