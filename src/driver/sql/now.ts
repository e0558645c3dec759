/**
 * The current time, to the millisecond and in UTC. `datetime('now')` has no milliseconds, so that
 * times within one second would compare as equal.
 */
export const NOW = `strftime('%Y-%m-%d %H:%M:%f','now')`;
