import { engines, type TestDatabase } from '../support/engines';
import { createBillingDatabase } from './billing-database';
import { TENANT_RULES } from './cases/tenant-billing';
import { USER_RULES } from './cases/user-billing';
import { FOREIGN_KEYS, PLAIN_INDEXES } from './expected-keys';
import { type LiveKeys, liveKeys } from './live-keys';
import type { RuleCase } from './rule-case';
import { formOf, PLACES } from './wrong-values';

const RULES: readonly RuleCase[] = [...TENANT_RULES, ...USER_RULES];

describe.each(engines)('T3, U1 all rules on $name', (engine) => {
  let database: TestDatabase;
  let live: LiveKeys;
  /** Shown by forms.spec.ts. */
  const forms = PLACES.flatMap((place) => formOf(engine.dialect, place) ?? []);
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    live = await liveKeys(database);
  });

  it('have a test each: there is no constraint or index that no case is about', () => {
    const tested = [
      ...RULES.map(({ name }) => name),
      ...Object.keys(FOREIGN_KEYS),
      ...Object.keys(PLAIN_INDEXES),
      ...forms,
    ];
    expect([...new Set(tested)].sort()).toEqual(live.names);
  });

  it('are shown by rows that break them: no case is without a refusal', () => {
    const shown = new Set([
      ...forms,
      ...RULES.filter(({ refused, tooLong = [] }) => refused.length + tooLong.length > 0).map(
        ({ name }) => name,
      ),
    ]);
    const rules = live.names.filter((name) => /^(pk|uq|ck)_/.test(name));
    expect(rules.filter((name) => !shown.has(name))).toEqual([]);
    expect(rules.length).toBeGreaterThan(80);
  });
});
