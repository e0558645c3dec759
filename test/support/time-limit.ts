/**
 * The one time limit, of tests and of hooks alike, in milliseconds. On a machine that is busy with
 * other work anything may take ten times as long, and what hangs is found all the same.
 */
export const timeLimitMs = (isLong: boolean): number => (isLong ? 3_600_000 : 600_000);
