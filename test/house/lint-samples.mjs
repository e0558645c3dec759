// Lints the samples given as JSON, `[file, code][]`, by the rule for arrows; prints the messages of each.
import { Linter } from 'eslint';
import { join } from 'node:path';
import { parser } from 'typescript-eslint';
import { arrows } from '../../scripts/arrows-rule.mjs';

const samples = JSON.parse(process.argv[2]);
const linter = new Linter({ configType: 'flat', cwd: join(import.meta.dirname, '../..') });
const config = {
  files: ['**/*.ts'],
  languageOptions: { parser },
  plugins: { house: { rules: { arrows } } },
  rules: { 'house/arrows': 'error' },
};
const results = samples.map(([file, code]) =>
  linter
    .verify(code, [config], join(import.meta.dirname, '../../src', file))
    .map(({ message }) => message),
);
console.log(JSON.stringify(results));
