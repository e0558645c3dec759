import { inspect } from 'node:util';
import { type DataSource, EntityNotFoundError, QueryFailedError } from 'typeorm';
import {
  BillingError,
  DirectDebitToken,
  PaymentAttempt,
  Plan,
  type RefusalDetails,
  Subscription,
  toBillingError,
} from '../../src';
import { openBilling } from '../support/data-source';
import { engines, TENANT_IDS, type TestDatabase, USER_IDS } from '../support/engines';
import { PLAN, REFUSALS, type RefusedStatement } from './refusals';

/** What is wrong and what to do about it, after the table's name; a constraint's name ends the first. */
const SENTENCES = [
  {
    code: 'UNIQUE_VIOLATION',
    says: 'already has a row with this value. Update that row, or change the value and retry.',
  },
  {
    code: 'FOREIGN_KEY_VIOLATION',
    says:
      'rejected a write that would leave a reference to a missing row. Save the row it refers to ' +
      'first, or delete the rows that refer to it first, and retry.',
  },
  { code: 'CHECK_VIOLATION', says: 'rejected a value. Correct it and retry.' },
  { code: 'NOT_NULL_VIOLATION', says: 'needs a value. Set it and retry.' },
];

const FINGERPRINT = 'f00dfeed'.repeat(8);
const CIPHERTEXT = 'sealed-envelope-of-the-token';
describe.each(engines)('B6 toBillingError on $name', ({ name: engine, createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    const plans = dataSource.getRepository(Plan);
    await plans.insert({ id: PLAN, name: 'taken' });
    const { id: pendingPlanId } = await plans.save({ name: 'second' });
    await dataSource.getRepository(Subscription).insert({
      ...{ tenantId: TENANT_IDS[0], planId: PLAN, status: 'active' },
      ...{ pendingPlanId, pendingFrom: new Date('2027-01-01') },
    });
    await dataSource.getRepository(DirectDebitToken).insert({
      userId: USER_IDS[0],
      provider: 'gocardless',
      scheme: 'bacs',
      mandateReference: 'MD-1',
      tokenFingerprint: FINGERPRINT,
    });
  });

  const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => {
        throw new Error('Nothing was refused.');
      },
      (error: unknown) => error,
    );

  const refusalOf = async (work: Promise<unknown>): Promise<BillingError<RefusalDetails>> => {
    const error = toBillingError(await thrownBy(work));
    expect(error).toBeInstanceOf(BillingError);
    return error as BillingError<RefusalDetails>;
  };

  const expected = ({ code, table, columns = [], ...rest }: RefusedStatement): object => {
    const said = rest.constraintOn?.includes(engine) ?? true;
    return { code, details: { table, columns, constraint: said ? rest.constraint : undefined } };
  };

  it.each(REFUSALS)('B6 $name, by plain SQL', async (one) => {
    expect(await refusalOf(dataSource.query(one.sql))).toMatchObject(expected(one));
  });

  it.each(REFUSALS)('B6 $name, through the entities', async (one) => {
    expect(await refusalOf(one.act(dataSource))).toMatchObject(expected(one));
  });

  it.each(SENTENCES)('B6 $code says the same on every engine', async ({ code, says }) => {
    const refused = REFUSALS.filter((one) => one.code === code);
    expect(refused).not.toEqual([]);
    for (const { act, table, columns, constraint, constraintOn } of refused) {
      const { message } = await refusalOf(act(dataSource));
      const place = columns === undefined ? table : `${table} (${columns.join(', ')})`;
      const isNamed = constraint !== undefined && (constraintOn?.includes(engine) ?? true);
      const name = isNamed ? ` (${constraint})` : '';
      expect(message).toBe(`${place} ${says.replace('.', `${name}.`)}`);
    }
  });

  it.each(REFUSALS)(
    'B6 $name, in a transaction that wrote to another table before',
    async (one) => {
      const error = await refusalOf(
        dataSource.transaction(async (manager) => {
          await manager.insert(PaymentAttempt, {
            userId: USER_IDS[2],
            kind: 'one_off',
            amount: 1,
            currency: 'EUR',
            idempotencyKey: 'held',
            provider: 'gocardless',
          });
          await manager.query(one.sql);
        }),
      );
      const { code, details } = expected(one) as { code: string; details: RefusalDetails };
      // D1 answers for the whole transaction, and of a foreign key says nothing but that.
      const untold = engine === 'd1' && code === 'FOREIGN_KEY_VIOLATION';
      expect(error).toMatchObject({
        code,
        details: { ...details, table: untold ? undefined : details.table },
      });
      expect(await dataSource.getRepository(PaymentAttempt).count()).toBe(0);
    },
  );

  it.each(REFUSALS)('B6 $name, thrown by the driver itself', async (one) => {
    const error = await refusalOf(database.sql(one.sql));
    expect(error.code).toBe(one.code);
    // Here no statement tells: Postgres names the table of all but a value that is too long, SQLite
    // that of a column, and of a CHECK by the CHECK's name.
    const said =
      engine === 'postgres'
        ? one.name !== 'a text that is too long'
        : (one.columns ?? one.code === 'CHECK_VIOLATION');
    expect(error.details).toMatchObject({
      table: said ? one.table : undefined,
      columns: one.columns ?? [],
    });
  });

  it('B6 holds no value of the row: not in the message, the details, the cause, nor to whoever logs it', async () => {
    const write = (): Promise<unknown> =>
      dataSource.getRepository(DirectDebitToken).insert({
        userId: USER_IDS[1],
        provider: 'gocardless',
        scheme: 'bacs',
        tokenCiphertext: CIPHERTEXT,
        tokenKeyId: 'key-1',
        tokenFingerprint: FINGERPRINT,
      });
    const thrown = await thrownBy(write());
    expect(inspect(thrown, { depth: 9 })).toContain(FINGERPRINT);
    const error = await refusalOf(write());
    expect(error).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { columns: ['provider', 'token_fingerprint'] },
    });
    for (const text of [
      error.message,
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
    ]) {
      expect(text).not.toContain(FINGERPRINT);
      expect(text).not.toContain(CIPHERTEXT);
    }
    // A CHECK, where Postgres quotes the whole row.
    const check = await refusalOf(
      dataSource.getRepository(DirectDebitToken).insert({
        userId: USER_IDS[1],
        provider: 'gocardless',
        scheme: () => `'unheard of'`,
        tokenCiphertext: CIPHERTEXT,
        tokenKeyId: 'key-1',
      }),
    );
    expect(check.details).toMatchObject({ constraint: 'ck_direct_debit_tokens_scheme' });
    expect(inspect(check, { depth: 9, showHidden: true })).not.toContain(CIPHERTEXT);
  });

  it('B6 keeps what was thrown as the cause: its class, text, statement and stack', async () => {
    const thrown = (await thrownBy(
      dataSource.getRepository(Plan).insert({ name: 'taken' }),
    )) as QueryFailedError;
    const { cause } = toBillingError(thrown) as BillingError & { cause: QueryFailedError };
    expect(cause).toBeInstanceOf(QueryFailedError);
    expect(cause).toMatchObject({ message: thrown.message, query: thrown.query });
    expect(cause.stack).toBe(thrown.stack);
    expect(cause.driverError.message).toBe(thrown.driverError.message);
    expect(thrown.parameters).toContain('taken');
  });

  it('B6 gives back anything else as it was', async () => {
    const others = [
      await thrownBy(dataSource.query('SELECT nothing FROM nowhere')),
      await thrownBy(dataSource.getRepository(Plan).findOneByOrFail({ name: 'nobody' })),
      await thrownBy(dataSource.getRepository(Plan).insert({ name: '' })),
      BillingError.notSupported('UNIQUE constraint failed: plans.name', 'choose another'),
      new Error('on purpose'),
      'a text',
      undefined,
      null,
    ];
    for (const other of others) expect(toBillingError(other)).toBe(other);
    expect(others[1]).toBeInstanceOf(EntityNotFoundError);
    expect(others[2]).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('B6 toBillingError', () => {
  it('B6 does not take a search for a number that is too large for a refusal', () => {
    const driverError = Object.assign(new Error('out of range'), { code: '22003' });
    const error = new QueryFailedError(
      'SELECT 1 FROM plans WHERE sort_order = $1',
      [],
      driverError,
    );
    expect(toBillingError(error)).toBe(error);
  });

  it("B6 reads a server's answer in another language", () => {
    const driverError = Object.assign(new Error('doppelter Schlüsselwert verletzt …'), {
      code: '23505',
      table: 'plans',
      detail: 'Schlüssel »(id, "name")=(1, Team (EU)=(x))« existiert bereits.',
    });
    expect(toBillingError(driverError)).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { table: 'plans', columns: ['id', 'name'] },
    });
  });
});
