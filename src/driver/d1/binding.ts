import { BillingError } from '../../errors';

/** The part of a D1 binding (`env.DB`) that is used, so that no package of types is needed. */
export interface D1Binding {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<D1Outcome[]>;
}

export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
  all(): Promise<D1Outcome>;
}

export interface D1Outcome {
  readonly results?: Record<string, unknown>[];
  readonly meta: { readonly changes?: number; readonly last_row_id?: number };
}

/**
 * @throws BillingError `CONFIGURATION_INVALID` if the value is not a D1 binding, such as its name
 */
export function assertBinding(value: unknown): D1Binding {
  if (typeof value === 'object' && value !== null && 'prepare' in value && 'batch' in value) {
    return value as D1Binding;
  }
  const found =
    typeof value === 'string'
      ? `"${value}"`
      : typeof value === 'object' && value
        ? 'another object'
        : String(value);
  throw BillingError.configurationInvalid(
    `The database of the D1DataSource is ${found}, which is no D1 binding`,
    'pass env.NAME with a name from d1_databases in the wrangler configuration',
  );
}
