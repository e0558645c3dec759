/** The statements of one dialect's migration, there and back. */
export interface Statements {
  readonly up: readonly string[];
  readonly down: readonly string[];
}
