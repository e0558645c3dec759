import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { arrows } from './scripts/arrows-rule.mjs';

export default defineConfig(
  globalIgnores([
    'bench/results/',
    'dist/',
    'coverage/',
    '**/node_modules/',
    '**/.wrangler/',
    'test/package/consumer/*.ts',
    'test/d1/fixtures/**/*.ts',
    'examples/worker/**/*.ts',
  ]),
  js.configs.recommended,
  {
    name: 'TypeScript',
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A number in a message reads the same with and without String().
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A class that only carries decorators is what TypeORM and NestJS ask for.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // `() => client.end()` says enough.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // The compiler's own rule (noUnusedParameters) allows an underscore.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': ['error', { max: 300 }],
    },
  },
  {
    name: 'migrations',
    files: ['src/migrations/**/*.ts'],
    rules: {
      // A line a definition, and a file a family: nobody reads it from top to bottom.
      'max-lines': 'off',
    },
  },
  {
    name: 'tests',
    files: ['test/**/*.ts'],
    rules: {
      // `sql<Row>()` names the shape that the statement has: there is nothing to infer it from.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Where there is nothing after all, the test fails, as it should.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    name: 'plain JavaScript, run by Node as it is',
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        btoa: 'readonly',
        console: 'readonly',
        crypto: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
        Request: 'readonly',
        Response: 'readonly',
        TextEncoder: 'readonly',
        URL: 'readonly',
      },
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  {
    name: 'CommonJS',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { __dirname: 'readonly' } },
  },
  {
    name: 'arrows between the rooms of src',
    files: ['src/**/*.ts'],
    plugins: { house: { rules: { arrows } } },
    rules: { 'house/arrows': 'error' },
  },
);
