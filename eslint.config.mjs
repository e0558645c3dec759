import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const inside = (folder) => `^\\.{1,2}/(?:.*/)?${folder}(?:/|$)`;
const file = (name) => `^\\.{1,2}/(?:.*/)?${name}$`;

/** The rooms of the house, by the paths that lead to them; all of those start with a dot. */
const ROOMS = {
  entities: inside('entities'),
  migrations: inside('migrations'),
  engines: inside('engines'),
  migrator: inside('migrator'),
  cli: inside('cli'),
  billing: file('billing'),
  'data-source': file('data-source'),
  'the front door': '^\\.{1,2}(?:/\\.\\.)*(?:/|/index)?$',
};

/**
 * Arrows point down only: refuses imports of `rooms`, written as a declaration, as `import()` or
 * as `require()`.
 */
function noArrow(files, rooms) {
  const messageOf = (room) =>
    `The arrow from ${files.join(', ')} to ${room} points up; arrows point down only.`;
  return {
    name: `arrows of ${files.join(', ')}`,
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: rooms.map((room) => ({ regex: ROOMS[room], message: messageOf(room) })) },
      ],
      'no-restricted-syntax': [
        'error',
        ...rooms.flatMap((room) => {
          // A slash would end the selector's regular expression.
          const regex = `/${ROOMS[room].replaceAll('/', '\\u002F')}/`;
          return [
            `ImportExpression[source.value=${regex}]`,
            `CallExpression[callee.name="require"][arguments.0.value=${regex}]`,
          ].map((selector) => ({ selector, message: messageOf(room) }));
        }),
      ],
    },
  };
}

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
      // The compiler's own rule (noUnusedParameters) lets an underscore through.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': ['error', { max: 320 }],
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
        console: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
        Request: 'readonly',
        Response: 'readonly',
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

  noArrow(
    ['src/entities/**/*.ts'],
    ['engines', 'migrations', 'migrator', 'billing', 'data-source', 'cli', 'the front door'],
  ),
  noArrow(
    ['src/migrations/**/*.ts'],
    ['engines', 'entities', 'migrator', 'billing', 'data-source', 'cli', 'the front door'],
  ),
  noArrow(
    ['src/engines/**/*.ts'],
    ['entities', 'migrations', 'migrator', 'billing', 'data-source', 'cli', 'the front door'],
  ),
  noArrow(['src/migrator/**/*.ts'], ['data-source', 'cli', 'the front door']),
  noArrow(['src/billing.ts'], ['engines', 'migrator', 'data-source', 'cli', 'the front door']),
  noArrow(['src/data-source.ts'], ['cli', 'the front door']),
  noArrow(['src/cli/**/*.ts'], ['the front door']),
  noArrow(['src/index.ts'], ['cli']),
);
