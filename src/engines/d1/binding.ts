/** What is used of a D1 binding (`env.DB`), so that no package of types is needed. */
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
