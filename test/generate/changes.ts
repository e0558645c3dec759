import type { D1Binding } from '../../src/driver/d1/binding';
import type { TestDatabase } from '../support/engines';
import type { Edit } from './project-copy';

/** A change of the entities, and what must be true of a database once it is migrated. */
export interface Change {
  readonly title: string;
  /** How many pairs of files it takes: one a family. */
  readonly pairs: number;
  readonly edits: readonly Edit[];
  /** Rows that plain SQL must be refused afterwards, and the name of what refuses them. */
  readonly refused: readonly { readonly sql: string; readonly by: RegExp }[];
  /** Statements that must be taken afterwards; they are rolled back. */
  readonly taken?: readonly string[];
  /** Parts of the catalog that are there afterwards, and what their text must hold. */
  readonly adds: Readonly<Record<string, RegExp>>;
  /** What new columns hold in the rows that were there. */
  readonly fills?: readonly {
    readonly table: string;
    readonly column: string;
    readonly value: unknown;
  }[];
  /** `table.column` of those whose values go with them, and don't come back. */
  readonly loses?: readonly string[];
  /** Something that rows may hold and the change does not suffer; and the way back from it. */
  readonly insufferable?: { readonly sql: string; readonly undo: string; readonly by: RegExp };
}

const plan = 'tenant-billing/plan.ts';
const userSubscription = 'user-billing/user-subscription.ts';
const token = 'user-billing/direct-debit-token.ts';

export const CHANGES: readonly Change[] = [
  {
    title:
      'a column, a CHECK and an index on a parent (plans), on a child that is a parent ' +
      '(user_subscriptions) and on what references itself (direct_debit_tokens)',
    pairs: 2,
    edits: [
      {
        file: plan,
        find: '  sortOrder!: number;',
        replace: `  sortOrder!: number;

  @Money({ nullable: true, index: true })
  setupFee!: number | null;`,
      },
      { file: plan, find: 'import { different }', replace: 'import { different, notAbove }' },
      {
        file: plan,
        find: 'rules: [',
        replace: `rules: [notAbove('setupFee', 'priceYearly'), `,
      },
      {
        file: userSubscription,
        find: '  version!: number;',
        replace: `  version!: number;

  @WholeNumber({ min: 0, max: 5, default: 3, index: true })
  dunningLevel!: number;`,
      },
      {
        file: token,
        find: '  isDefault!: boolean;',
        replace: `  isDefault!: boolean;

  @Varchar(20, { nullable: true, unique: true })
  accountHolder!: string | null;`,
      },
      {
        file: token,
        find: `@Entity('direct_debit_tokens')`,
        replace: `@Entity('direct_debit_tokens')
@Index('ix_direct_debit_tokens_holder', ['accountHolder', 'userId'], {
  where: 'account_holder IS NOT NULL',
})`,
      },
    ],
    refused: [
      // One CHECK holds the rule of the column and that of the row. Only the column's rejects -1, and
      // only the row's rejects 2 for Team, whose price_yearly is 1: it is taken for Pro, below.
      { sql: `UPDATE plans SET setup_fee = -1 WHERE name = 'Pro'`, by: /ck_plans_setup_fee\b/ },
      { sql: `UPDATE plans SET setup_fee = 2 WHERE name = 'Team'`, by: /ck_plans_setup_fee\b/ },
      {
        sql: 'UPDATE user_subscriptions SET dunning_level = 6',
        by: /ck_user_subscriptions_dunning_level/,
      },
      { sql: 'UPDATE user_subscriptions SET dunning_level = NULL', by: /not.null/i },
      {
        sql: `UPDATE direct_debit_tokens SET account_holder = ''`,
        by: /ck_direct_debit_tokens_account_holder/,
      },
      { sql: `UPDATE direct_debit_tokens SET account_holder = 'A'`, by: /unique/i },
    ],
    taken: [
      `UPDATE plans SET setup_fee = 1 WHERE name = 'Team'`,
      `UPDATE plans SET setup_fee = 2 WHERE name = 'Pro'`,
    ],
    adds: {
      ix_plans_setup_fee: /ON "?(?:public\.)?plans"? .*\("?setup_fee"?\)$/,
      ix_user_subscriptions_dunning_level: /\("?dunning_level"?\)$/,
      ix_direct_debit_tokens_holder: /WHERE \(?account_holder IS NOT NULL\)?$/,
    },
    fills: [
      { table: 'plans', column: 'setup_fee', value: null },
      { table: 'user_subscriptions', column: 'dunning_level', value: 3 },
      { table: 'direct_debit_tokens', column: 'account_holder', value: null },
    ],
  },
  {
    title: 'a status, in CHECKs and predicates of partial indexes of both families',
    pairs: 2,
    edits: [{ file: 'vocabulary.ts', find: /^( {2}'paused',\n)/gm, replace: `$1  'frozen',\n` }],
    refused: [
      {
        // Alice has a live one already.
        sql: `UPDATE user_subscriptions SET status = 'frozen', ended_at = NULL WHERE status = 'canceled'`,
        by: /unique/i,
      },
      { sql: `UPDATE subscriptions SET status = 'thawed'`, by: /ck_subscriptions_status/ },
    ],
    taken: [
      `UPDATE subscriptions SET status = 'frozen' WHERE status = 'paused'`,
      `UPDATE user_subscriptions SET status = 'frozen' WHERE status = 'trialing'`,
    ],
    adds: {
      uq_subscriptions_live_tenant: /'frozen'/,
      ix_subscriptions_period_end: /'frozen'/,
      uq_user_subscriptions_live_user: /'frozen'/,
    },
  },
  {
    title: 'one family: a column less, one that is required now, and one that may be longer',
    pairs: 1,
    edits: [
      {
        file: userSubscription,
        find: /\n {2}@Instant\(\{ nullable: true \}\)\n {2}graceUntil!: Date \| null;\n/,
        replace: '',
      },
      {
        file: 'user-billing/subscription-plan.ts',
        find: '@Text({ nullable: true })\n  description!: string | null',
        replace: `@Text({ default: 'none' })\n  description!: string`,
      },
      {
        file: token,
        find: '@Varchar(100, { nullable: true })\n  bankName',
        replace: '@Varchar(200, { nullable: true })\n  bankName',
      },
    ],
    refused: [
      { sql: 'UPDATE subscription_plans SET description = NULL', by: /not.null/i },
      {
        sql: `UPDATE direct_debit_tokens SET bank_name = '${'x'.repeat(201)}'`,
        by: /ck_direct_debit_tokens_bank_name|value too long/,
      },
    ],
    taken: [
      `UPDATE direct_debit_tokens SET bank_name = '${'x'.repeat(200)}'`,
      `INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval)
         VALUES ('018f3c5e-0000-7000-9000-00000000ffff', 'new', 'New', 1, 'EUR', 'month')`,
    ],
    adds: {},
    loses: ['user_subscriptions.grace_until'],
    insufferable: {
      sql: `UPDATE subscription_plans SET description = NULL WHERE code = 'plus'`,
      undo: `UPDATE subscription_plans SET description = '' WHERE code = 'plus'`,
      by: /null/i,
    },
  },
];

/** Whether a statement is taken, without a trace of it. */
export async function attempt(database: TestDatabase, sql: string): Promise<string> {
  if (database.binding) return attemptOnD1(database.binding, sql);
  await database.exec('BEGIN');
  try {
    await database.exec(sql);
    return 'taken';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await database.exec('ROLLBACK');
  }
}

/** D1 takes a batch back as a whole if its last statement fails. */
async function attemptOnD1(binding: D1Binding, sql: string): Promise<string> {
  const statements = [sql, `SELECT json('taken back')`];
  try {
    await binding.batch(statements.map((one) => binding.prepare(one)));
    throw new Error('The batch was kept.');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.includes('malformed JSON') ? 'taken' : message;
  }
}
