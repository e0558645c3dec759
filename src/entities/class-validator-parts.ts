import type * as ClassValidator from 'class-validator';

/**
 * The parts of class-validator that the entities are built with.
 *
 * Its front also loads every validator it ships, a library of phone numbers among them: 300 modules,
 * and more than half of the time that TypeORM itself takes. All of them share one register, so a
 * host's own decorators and `validate()` work on the entities as ever.
 */
type Parts = Pick<typeof ClassValidator, 'registerDecorator' | 'Validator'>;

// An import would need declarations, which class-validator has for its front only.
/* eslint-disable @typescript-eslint/no-require-imports */
const parts = {
  ...require('class-validator/cjs/register-decorator.js'),
  ...require('class-validator/cjs/validation/Validator.js'),
} as Parts;
/* eslint-enable @typescript-eslint/no-require-imports */

export const { registerDecorator, Validator } = parts;
