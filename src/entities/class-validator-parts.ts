import type * as ClassValidator from 'class-validator';

/**
 * The parts of class-validator that the entities are built with.
 *
 * Its main entry also loads every validator it ships and a library of phone numbers: 300 modules,
 * which take more than half as long to load as TypeORM. All parts share one registry of rules, so
 * that a host's own decorators and `validate()` work on the entities as usual.
 */
type Parts = Pick<typeof ClassValidator, 'registerDecorator' | 'Validator'>;

// An import would need type declarations, which class-validator has for its main entry only.
/* eslint-disable @typescript-eslint/no-require-imports */
const parts = {
  ...require('class-validator/cjs/register-decorator.js'),
  ...require('class-validator/cjs/validation/Validator.js'),
} as Parts;
/* eslint-enable @typescript-eslint/no-require-imports */

export const { registerDecorator, Validator } = parts;
