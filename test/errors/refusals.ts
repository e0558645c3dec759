import type { DataSource } from 'typeorm';
import { type BillingError, DirectDebitToken, Plan, Subscription, TenantConfig } from '../../src';
import { type EngineName, USER_IDS } from '../support/engines';

const NOBODY = '00000000-0000-4000-8000-00000000dead';
/** Id of the plan `taken`. */
export const PLAN = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';

/** A statement that each database refuses, and the same through the entities. */
export interface RefusedStatement {
  readonly name: string;
  readonly sql: string;
  readonly act: (dataSource: DataSource) => Promise<unknown>;
  readonly code: BillingError['code'];
  readonly table: string;
  readonly columns?: readonly string[];
  readonly constraint?: string;
  /** Said by these engines only. */
  readonly constraintOn?: readonly EngineName[];
}

/**
 * Of every kind one at least. They stand on the plans `taken`, which a subscription of the first tenant
 * refers to, and `second`, which it changes to at a date, and on a token of the first user with the reference MD-1.
 */
export const REFUSALS: readonly RefusedStatement[] = [
  {
    name: 'a unique column',
    sql: `INSERT INTO plans (id, name) VALUES ('${OTHER}', 'taken')`,
    act: (dataSource) => dataSource.getRepository(Plan).insert({ name: 'taken' }),
    code: 'UNIQUE_VIOLATION',
    table: 'plans',
    columns: ['name'],
    constraint: 'uq_plans_name',
    constraintOn: ['postgres'],
  },
  {
    name: 'a CHECK of a child whose parent is deleted',
    sql: `DELETE FROM plans WHERE name = 'second'`,
    act: (dataSource) => dataSource.getRepository(Plan).delete({ name: 'second' }),
    code: 'CHECK_VIOLATION',
    table: 'subscriptions',
    constraint: 'ck_subscriptions_pending_from',
  },
  {
    name: 'a primary key',
    sql: `INSERT INTO plans (id, name) VALUES ('${PLAN}', 'free')`,
    act: (dataSource) => dataSource.getRepository(Plan).insert({ id: PLAN, name: 'free' }),
    code: 'UNIQUE_VIOLATION',
    table: 'plans',
    columns: ['id'],
    constraint: 'pk_plans',
    constraintOn: ['postgres'],
  },
  {
    name: 'a partial unique index over two columns',
    sql: `INSERT INTO direct_debit_tokens (id, user_id, provider, scheme, mandate_reference)
          VALUES ('${OTHER}', '${USER_IDS[1]}', 'gocardless', 'bacs', 'MD-1')`,
    act: (dataSource) =>
      dataSource.getRepository(DirectDebitToken).insert({
        userId: USER_IDS[1],
        provider: 'gocardless',
        scheme: 'bacs',
        mandateReference: 'MD-1',
      }),
    code: 'UNIQUE_VIOLATION',
    table: 'direct_debit_tokens',
    columns: ['provider', 'mandate_reference'],
    constraint: 'uq_direct_debit_tokens_mandate_reference',
    constraintOn: ['postgres'],
  },
  {
    name: 'an update that takes a unique value',
    sql: `UPDATE plans SET name = 'taken' WHERE name = 'second'`,
    act: (dataSource) =>
      dataSource.getRepository(Plan).update({ name: 'second' }, { name: 'taken' }),
    code: 'UNIQUE_VIOLATION',
    table: 'plans',
    columns: ['name'],
    constraint: 'uq_plans_name',
    constraintOn: ['postgres'],
  },
  {
    name: 'a child without its parent',
    sql: `INSERT INTO tenant_config (id, tenant_id) VALUES ('${OTHER}', '${NOBODY}')`,
    act: (dataSource) => dataSource.getRepository(TenantConfig).save({ tenantId: NOBODY }),
    code: 'FOREIGN_KEY_VIOLATION',
    table: 'tenant_config',
    constraint: 'fk_tenant_config_tenant_id',
    constraintOn: ['postgres'],
  },
  {
    name: 'an update to a parent that is not there',
    sql: `UPDATE subscriptions SET plan_id = '${NOBODY}'`,
    act: (dataSource) =>
      dataSource.getRepository(Subscription).update({ planId: PLAN }, { planId: NOBODY }),
    code: 'FOREIGN_KEY_VIOLATION',
    table: 'subscriptions',
    constraint: 'fk_subscriptions_plan_id',
    constraintOn: ['postgres'],
  },
  {
    name: 'the deletion of a parent that is referred to',
    sql: `DELETE FROM plans WHERE name = 'taken'`,
    act: (dataSource) => dataSource.getRepository(Plan).delete({ name: 'taken' }),
    code: 'FOREIGN_KEY_VIOLATION',
    table: 'plans',
    constraint: 'fk_subscriptions_plan_id',
    constraintOn: ['postgres'],
  },
  {
    name: 'a CHECK of one column',
    sql: `UPDATE plans SET trial_days = 731`,
    act: (dataSource) =>
      dataSource.getRepository(Plan).update({ name: 'taken' }, { trialDays: () => '730 + 1' }),
    code: 'CHECK_VIOLATION',
    table: 'plans',
    constraint: 'ck_plans_trial_days',
  },
  {
    name: 'a CHECK over several columns',
    sql: `UPDATE subscriptions SET status = 'canceled'`,
    act: (dataSource) =>
      dataSource.getRepository(Subscription).update({ planId: PLAN }, { status: 'canceled' }),
    code: 'CHECK_VIOLATION',
    table: 'subscriptions',
    constraint: 'ck_subscriptions_ended_at',
  },
  {
    name: 'a text that is too long',
    sql: `UPDATE plans SET name = '${'x'.repeat(101)}' WHERE name = 'second'`,
    act: (dataSource) =>
      dataSource
        .getRepository(Plan)
        .update({ name: 'second' }, { name: () => `'${'x'.repeat(101)}'` }),
    code: 'CHECK_VIOLATION',
    table: 'plans',
    constraint: 'ck_plans_name',
    constraintOn: ['sqlite', 'd1'],
  },
  {
    name: 'an amount beyond what a number can hold',
    sql: `UPDATE plans SET price_monthly = 9007199254740992`,
    act: (dataSource) =>
      dataSource
        .getRepository(Plan)
        .update({ name: 'second' }, { priceMonthly: () => '9007199254740991 + 1' }),
    code: 'CHECK_VIOLATION',
    table: 'plans',
    constraint: 'ck_plans_price_monthly',
  },
  {
    name: 'a required column without a value',
    sql: `INSERT INTO plans (id, name) VALUES ('${OTHER}', NULL)`,
    act: (dataSource) =>
      dataSource.getRepository(Plan).update({ name: 'second' }, { name: () => 'NULL' }),
    code: 'NOT_NULL_VIOLATION',
    table: 'plans',
    columns: ['name'],
  },
];
