import type { Found } from '../engines/examination';
import type { Applied } from './applied';

/** Migrations that are pending, and records of which the code knows nothing. */
export function migrationFindings({ pending, unknown }: Applied): Found[] {
  const common = { owner: 'billing', kind: 'migration', sql: [] } as const;
  return [
    ...pending.map(({ name }): Found => ({
      ...{ ...common, problem: 'pending', name, is: 'not applied' },
      shouldBe: 'applied: run `migrate`',
    })),
    ...unknown.map((name): Found => ({
      ...{ ...common, problem: 'unknown', name },
      is: 'recorded as applied, and unknown to this code',
      shouldBe:
        'known: install the version of typeorm-billing that has it, or the code that has it',
    })),
  ];
}
