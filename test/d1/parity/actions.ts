import {
  DirectDebitToken,
  PaymentAttempt,
  Plan,
  Subscription,
  SubscriptionPlan,
  TenantConfig,
  UserSubscription,
} from '../../../src';
import type { BillingTableName } from '../../support/billing-tables';

/** The entities by their tables. */
export const ENTITIES = {
  plans: Plan,
  subscriptions: Subscription,
  tenant_config: TenantConfig,
  direct_debit_tokens: DirectDebitToken,
  subscription_plans: SubscriptionPlan,
  user_subscriptions: UserSubscription,
  payment_attempts: PaymentAttempt,
} as const satisfies Readonly<Record<BillingTableName, unknown>>;

export type BillingTable = BillingTableName;
export type HostTable = 'tenants' | 'user';

/** A row that is there when the action comes to be done: the `index`-th by id, counted round and round. */
export interface Ref {
  readonly ref: BillingTable | HostTable;
  /** Negative: a row that is not there. */
  readonly index: number;
}

/** An SQL expression in the place of a value. */
export interface Expression {
  readonly sql: string;
}

/** Values by property; a value may be a {@link Ref} or an {@link Expression}. */
export type Values = Readonly<Record<string, unknown>>;

/** A condition on one property; several are joined by AND. */
export interface Condition {
  readonly property: string;
  readonly operator:
    | 'equal'
    | 'not'
    | 'in'
    | 'isNull'
    | 'isNotNull'
    | 'less'
    | 'moreOrEqual'
    | 'between'
    | 'like'
    | 'ilike';
  readonly values: readonly unknown[];
}

export type Write =
  | {
      readonly do: 'insert';
      readonly table: BillingTable;
      readonly rows: readonly Values[];
      /** `save` and `insert` take plain objects, the others instances. */
      readonly how: 'insert' | 'save' | 'insertInstance' | 'saveInstance' | 'queryBuilder';
      /** Whether rows that are referred to are given as objects and not by their keys. */
      readonly byRelation: boolean;
    }
  | {
      readonly do: 'update';
      readonly target: Ref & { readonly ref: BillingTable };
      readonly patch: Values;
      readonly how: 'update' | 'queryBuilder';
    }
  | {
      readonly do: 'updateWhere';
      readonly table: BillingTable;
      readonly where: readonly Condition[];
      readonly patch: Values;
    }
  | {
      readonly do: 'upsert';
      readonly table: BillingTable;
      readonly row: Values;
      readonly conflict: string;
      /** `upsertChanged` leaves a row alone that has the values already. */
      readonly how: 'upsert' | 'upsertChanged' | 'orUpdate' | 'orIgnore';
    }
  | {
      readonly do: 'add';
      readonly target: Ref & { readonly ref: BillingTable };
      readonly property: string;
      readonly by: number;
    }
  | { readonly do: 'delete'; readonly target: Ref; readonly how: 'delete' | 'queryBuilder' }
  | {
      readonly do: 'deleteWhere';
      readonly table: BillingTable;
      readonly where: readonly Condition[];
    };

/** Writes that read first, which D1 can't do of rows that the same transaction has written to. */
export type ReadingWrite =
  | {
      readonly do: 'saveChange';
      readonly target: Ref & { readonly ref: BillingTable };
      readonly patch: Values;
      /** `loaded`: the entity is read, changed and saved; `part`: the changes are saved with its id. */
      readonly how: 'loaded' | 'part';
    }
  | { readonly do: 'remove'; readonly target: Ref & { readonly ref: BillingTable } }
  | {
      /** Parents and children in one call, children first. */
      readonly do: 'saveGraph';
      readonly plan: Values;
      readonly subscription: Values;
      readonly attempt: Values;
    };

export type Query =
  | {
      readonly do: 'find';
      readonly table: BillingTable;
      readonly where: readonly Condition[];
      readonly order: {
        readonly property: string;
        readonly direction: 'ASC' | 'DESC';
        readonly nulls: 'FIRST' | 'LAST' | undefined;
      };
      readonly skip: number;
      readonly take: number;
      readonly relations: boolean;
    }
  | {
      readonly do: 'count' | 'exists' | 'join';
      readonly table: BillingTable;
      readonly where: readonly Condition[];
    }
  | {
      readonly do: 'sum' | 'minimum' | 'maximum';
      readonly table: BillingTable;
      readonly property: string;
      readonly where: readonly Condition[];
    }
  | { readonly do: 'findMany'; readonly table: BillingTable; readonly count: number };

export type Action =
  | { readonly do: 'nothing' }
  | Write
  | ReadingWrite
  | Query
  | { readonly do: 'host'; readonly sql: string }
  | {
      readonly do: 'transaction';
      /** The only one that reads, and before anything is written. */
      readonly first: ReadingWrite | undefined;
      readonly writes: readonly Write[];
      readonly fails: boolean;
    };

/** The actions that only read. */
const QUERIES: Readonly<Record<Query['do'], true>> = {
  find: true,
  findMany: true,
  count: true,
  exists: true,
  join: true,
  sum: true,
  minimum: true,
  maximum: true,
};

export const isQuery = (action: Action): action is Query => action.do in QUERIES;
