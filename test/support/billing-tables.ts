/**
 * The tables of billing, as they were agreed on: written out, and not derived from the entities or
 * the migrations, which are what is tested. Parents come first.
 */
export const TENANT_TABLES = ['plans', 'subscriptions', 'tenant_config'] as const;
export const USER_TABLES = [
  'subscription_plans',
  'direct_debit_tokens',
  'user_subscriptions',
  'payment_attempts',
] as const;
export const BILLING_TABLES = [...TENANT_TABLES, ...USER_TABLES] as const;
export type BillingTableName = (typeof BILLING_TABLES)[number];

/** Takes all rows out of them. */
export const DELETE_BILLING_ROWS = [...BILLING_TABLES]
  .reverse()
  .map((table) => `DELETE FROM "${table}";`)
  .join(' ');
