import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BillingError, type BillingErrorCode, type RefusalDetails } from '../../src';

const ROOT = resolve(__dirname, '../..');
const CAUSE = new Error('what the driver said');
const REFUSED: RefusalDetails = { table: 'plans', columns: ['name'], constraint: 'uq_plans_name' };
const HOST = { migration: 'CreateBilling1', path: '"tenants"', table: 'tenants', column: 'id' };

/** Each code, by its maker: the compiler asks for all of them. */
const MADE: Readonly<Record<BillingErrorCode, BillingError>> = {
  VALIDATION_FAILED: BillingError.validationFailed('plans', ['name is 1, expected a text'], {}),
  VALUE_OUT_OF_RANGE: BillingError.valueOutOfRange('plans.price is 1e20', 'correct it', {}),
  CONFIGURATION_INVALID: BillingError.configurationInvalid('X is "y"', 'use z', { cause: CAUSE }),
  PACKAGE_MISSING: BillingError.packageMissing('SQLite', 'sqlite3', CAUSE),
  INVALID_CALL: BillingError.invalidCall('There is no option x', 'leave it out', CAUSE),
  DATA_SOURCE_CLOSED: BillingError.dataSourceClosed('SQLite'),
  COMMIT_FAILED: BillingError.commitFailed(),
  HOST_TABLE_MISSING: BillingError.hostTableMissing(HOST, '', 'run its migrations'),
  HOST_COLUMN_MISMATCH: BillingError.hostColumnMismatch(HOST, 'uuid', undefined, 'bind it'),
  HOST_PARTS_IN_THE_WAY: BillingError.hostPartsInTheWay('It drops the column x', { parts: [] }),
  PREFLIGHT_FAILED: BillingError.preflightFailed([
    BillingError.notSupported('This is SQLite 3.30', 'install another'),
    BillingError.hostTableMissing(HOST, '', 'run its migrations'),
  ]),
  RIGHTS_MISSING: BillingError.rightsMissing('app may make no tables', 'GRANT CREATE'),
  DATABASE_READ_ONLY: BillingError.databaseReadOnly('This is a standby', 'use the primary', CAUSE),
  ROWS_IN_THE_WAY: BillingError.rowsInTheWay('It drops 2 rows', 'keep them', { details: {} }),
  TABLE_EXISTS: BillingError.tableExists('CreateBilling1', ['plans'], ['"plans"'], 'rename it'),
  MIGRATION_NOT_FOUND: BillingError.migrationNotFound('X', 'There is no migration X', 'name one'),
  DANGLING_KEYS: BillingError.danglingKeys(['foreign key 0 of "a" to "b"']),
  BACKUP_INVALID: BillingError.backupInvalid('x.jsonl is missing', 'copy it again', {}),
  RESTORE_REFUSED: BillingError.restoreRefused('There are rows', 'empty it', { details: {} }),
  CHECK_INCOMPLETE: BillingError.checkIncomplete(['plans (permission denied)'], {}),
  DATABASE_BUSY: BillingError.databaseBusy('The file is locked', 'retry', CAUSE),
  UNIQUE_VIOLATION: BillingError.uniqueViolation(REFUSED, CAUSE),
  FOREIGN_KEY_VIOLATION: BillingError.foreignKeyViolation(REFUSED, CAUSE),
  CHECK_VIOLATION: BillingError.checkViolation(REFUSED, CAUSE),
  NOT_NULL_VIOLATION: BillingError.notNullViolation(REFUSED, CAUSE),
  LIMIT_EXCEEDED: BillingError.limitExceeded('The statement has 101 parameters', 'split it', CAUSE),
  NOT_SUPPORTED: BillingError.notSupported('D1 has no row locks', 'use a version'),
};

/** Where another message than by a maker could be made. */
const SOURCES = ['src', 'scripts', 'examples/worker/src'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .map((file) => `${folder}/${file}`),
);

describe('C2 a BillingError', () => {
  it.each(Object.entries(MADE))(
    'C2 %s names the problem and ends with the remedy',
    (code, error) => {
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: 'BillingError', code });
      // A colon, or two sentences about a row.
      expect(error.message).toMatch(/^(?:[A-Za-z]|2 things).*(?:: |\. [A-Z]).*[^.]\.$/);
      expect(error.stack).toContain('billing-error.spec');
    },
  );

  it('C2 has one maker for each code, named after it', () => {
    const makers = Object.getOwnPropertyNames(BillingError).filter(
      (name) => typeof (BillingError as unknown as Record<string, unknown>)[name] === 'function',
    );
    const named = Object.keys(MADE).map((code) =>
      code.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(makers.sort()).toEqual(named.sort());
  });

  it('C2 is made by a maker and nowhere else', () => {
    expect(SOURCES.length).toBeGreaterThan(100);
    const others = SOURCES.filter((file) =>
      /\bnew BillingError\b/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(others).toEqual(['src/errors.ts']);
  });

  it('C2 is a file without imports but of types, which a Worker carries', () => {
    for (const file of ['src/errors.ts', 'src/error-codes.ts']) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      expect(text).not.toMatch(/^\s*(?:import (?!type)|export .* from)\b|\brequire\(|\bimport\(/m);
      expect(text.split('\n').length).toBeLessThan(300);
    }
  });

  it('C2 keeps cause and details', () => {
    expect(MADE.UNIQUE_VIOLATION).toMatchObject({ cause: CAUSE, details: REFUSED });
    expect(MADE.PACKAGE_MISSING).toMatchObject({ cause: CAUSE, details: { package: 'sqlite3' } });
    expect(MADE.CONFIGURATION_INVALID).toMatchObject({ cause: CAUSE, details: undefined });
    expect(MADE.TABLE_EXISTS.details).toEqual({ tables: ['plans'] });
    expect('cause' in MADE.NOT_SUPPORTED).toBe(false);
  });
});
