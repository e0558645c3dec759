import fc from 'fast-check';
import {
  CURRENCIES,
  Plan,
  BILLING_INTERVALS,
  Subscription,
  SUBSCRIPTION_STATUSES,
  TenantConfig,
} from '../../src';
import { OTHER_TENANT, PLAN, TENANT } from '../schema/billing-database';
import { FINAL_STATUSES } from '../schema/words';
import {
  bothOrNeither,
  type EntityRows,
  entityRows,
  given,
  optional,
  period,
  required,
  statusWith,
} from './entity-rows';
import {
  currency,
  flag,
  formatted,
  instant,
  json,
  text,
  uuidReference,
  varchar,
  whole,
  word,
} from './values';

const money = whole(0, Number.MAX_SAFE_INTEGER);
const code = currency(CURRENCIES);
const anyInteger = whole(-(2 ** 31), 2 ** 31 - 1);
const tenant = uuidReference(TENANT, OTHER_TENANT);
const isFinal = (status: string): boolean => FINAL_STATUSES.some((final) => final === status);

export const TENANT_ROWS: readonly EntityRows[] = [
  entityRows(
    Plan,
    'plans',
    {
      name: required(varchar(100)),
      description: optional(text),
      stripeProductId: optional(varchar(255)),
      stripePriceIdMonthly: optional(varchar(255)),
      stripePriceIdYearly: optional(varchar(255)),
      priceMonthly: optional(money),
      priceYearly: optional(money),
      currency: given(code, 'USD'),
      trialDays: given(whole(0, 730), 0),
      features: given(json, {}),
      isActive: given(flag, true),
      sortOrder: given(anyInteger, 0),
    },
    // Few enough for the two to be the same now and then.
    [
      fc.record({
        stripePriceIdMonthly: fc.constantFrom('price_1', 'price_2', null),
        stripePriceIdYearly: fc.constantFrom('price_2', 'price_3', null),
      }),
    ],
  ),
  entityRows(
    Subscription,
    'subscriptions',
    {
      tenantId: required(tenant),
      planId: required(uuidReference(PLAN)),
      stripeSubscriptionId: optional(varchar(255)),
      status: given(word(SUBSCRIPTION_STATUSES), 'incomplete'),
      billingInterval: given(word(BILLING_INTERVALS), 'month'),
      quantity: given(whole(0, 2 ** 31 - 1), 1),
      unitAmount: optional(money),
      currency: optional(code),
      currentPeriodStart: optional(instant),
      currentPeriodEnd: optional(instant),
      trialStart: optional(instant),
      trialEnd: optional(instant),
      cancelAtPeriodEnd: given(flag, false),
      cancelAt: optional(instant),
      canceledAt: optional(instant),
      endedAt: optional(instant),
      lastEventAt: optional(instant),
      version: given(whole(1, 2 ** 31 - 1), 1),
    },
    [
      bothOrNeither('unitAmount', 'currency', [money, code]),
      period('currentPeriodStart', 'currentPeriodEnd'),
      period('trialStart', 'trialEnd'),
      statusWith(SUBSCRIPTION_STATUSES, (status) =>
        isFinal(status) ? { set: ['endedAt'] } : { unset: ['endedAt'] },
      ),
    ],
  ),
  entityRows(TenantConfig, 'tenant_config', {
    tenantId: required(tenant),
    stripeCustomerId: optional(varchar(255)),
    billingEmail: optional(
      formatted(
        320,
        ['a@b', "Jürgen.O'Hara+b@exämple.com", `${'x'.repeat(318)}@b`, '😀@😀', '"@"'],
        ['a', '@b', 'a@', 'a b@c', 'a@b@c', 'a@b\n', ' a@b', `${'x'.repeat(319)}@b`],
      ),
    ),
    currency: optional(code),
    taxId: optional(varchar(64)),
  }),
];
