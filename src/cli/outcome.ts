/** The result of a command: for people, for machines, and the exit code. */
export interface Outcome {
  readonly text: string;
  readonly json: unknown;
  readonly exitCode: 0 | 1;
}
