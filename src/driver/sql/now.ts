/**
 * The current time in UTC, with milliseconds. `datetime('now')` has none, so times within one
 * second would compare as equal.
 */
export const NOW = `strftime('%Y-%m-%d %H:%M:%f','now')`;
