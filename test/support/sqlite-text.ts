/** SQLite takes `$1` for a name and counts by first appearance; `?1` is the first value. */
export function numbered(text: string): string {
  return text.replace(
    /('(?:[^']|'')*'|"(?:[^"]|"")*")|\$(\d+)/g,
    (_match, quoted: string | undefined, number: string) => quoted ?? `?${number}`,
  );
}

/** A `Date` as UTC text with milliseconds, an object as JSON text, anything else as it is. */
export function bindable(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '');
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    return JSON.stringify(value);
  }
  return value;
}
