import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  // A packed copy of the project, or its build, is no second module of the same name.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/bench/', '<rootDir>/examples/'],
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
  maxWorkers: 2,
  testTimeout: 20_000,
};

export default config;
