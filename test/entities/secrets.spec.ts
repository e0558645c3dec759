import { inspect } from 'node:util';
import { instanceToPlain } from 'class-transformer';
import type { DataSource } from 'typeorm';
import { DirectDebitToken, UserSubscription } from '../../src';
import {
  createBillingDatabase,
  PARENT_USER,
  startAfresh,
  TOKEN,
  update,
  USER,
  USER_SUBSCRIPTION,
} from '../schema/billing-database';
import { openDataSource } from '../support/data-source';
import { engines, rowsOf, type TestDatabase } from '../support/engines';

const FINGERPRINT = '0f'.repeat(32);
const SECRETS = { tokenCiphertext: 'hush-hush', tokenFingerprint: FINGERPRINT };

describe.each(engines)('U2 secrets on $name', (engine) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    dataSource = await openDataSource(database);
  });
  beforeEach(async () => {
    await startAfresh(database);
    await update(database, 'direct_debit_tokens', TOKEN, {
      token_ciphertext: SECRETS.tokenCiphertext,
      token_key_id: 'k',
      token_fingerprint: FINGERPRINT,
    });
    const pays = { direct_debit_token_id: TOKEN };
    await update(database, 'user_subscriptions', USER_SUBSCRIPTION, pays);
  });
  const tokens = () => dataSource.getRepository(DirectDebitToken);

  it('U2 are left out of every copy of an entity, and of what it is in', async () => {
    const token = await tokens().findOneByOrFail({ id: TOKEN });
    const subscription = await dataSource.getRepository(UserSubscription).findOneOrFail({
      where: { id: USER_SUBSCRIPTION },
      relations: { directDebitToken: true },
    });
    expect(subscription.directDebitToken).toMatchObject(SECRETS);
    for (const value of [token, subscription, [token], { of: { a: subscription } }]) {
      for (const text of [
        JSON.stringify(value),
        JSON.stringify(instanceToPlain(value)),
        inspect(value, { depth: null, showHidden: true }),
        JSON.stringify(structuredClone(value)),
        JSON.stringify({ ...(value as object) }),
      ]) {
        expect(text).toContain('pending_submission');
        expect(text).not.toMatch(/hush|0f0f/);
      }
    }
  });

  it('U2 are read, made, merged and saved as any other property', async () => {
    const values = { userId: PARENT_USER, provider: 'p', scheme: 'bacs', tokenKeyId: 'k' } as const;
    const made = tokens().create({ ...values, tokenCiphertext: 'first' });
    expect(made.tokenCiphertext).toBe('first');
    await tokens().save(made);
    await tokens().save(tokens().merge(made, { tokenCiphertext: 'second' }));
    expect(made.tokenCiphertext).toBe('second');
    await tokens().save(Object.assign(made, { tokenCiphertext: 'third' }));
    const [row] = await tokens().findBy({ tokenCiphertext: 'third' });
    expect(row).toMatchObject({ id: made.id, tokenCiphertext: 'third', tokenFingerprint: null });
    await tokens().insert({ ...values, userId: USER, ...SECRETS, provider: 'q' });
    await tokens().update({ provider: 'q' }, { tokenCiphertext: 'fourth' });
    const rows = await rowsOf(database, 'direct_debit_tokens');
    expect(rows.map(({ token_ciphertext }) => token_ciphertext).sort()).toEqual([
      'fourth',
      'hush-hush',
      'third',
    ]);
  });

  it('U2 are not changed by the save of a copy that has none', async () => {
    const token = await tokens().findOneByOrFail({ id: TOKEN });
    await tokens().save({ ...(token as object), id: TOKEN, bankName: 'Bank' });
    expect(await tokens().findOneByOrFail({ id: TOKEN })).toMatchObject({
      ...SECRETS,
      bankName: 'Bank',
    });
  });
});
