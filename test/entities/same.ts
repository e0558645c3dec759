/** Equal to the last bit, Dates by their moment and objects by what JSON says of them. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b);
  }
  if (isDate(a) || isDate(b)) return isDate(a) && isDate(b) && Number(a) === Number(b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Reflect.ownKeys(a);
  return (
    keys.length === Reflect.ownKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(at(a, key), at(b, key)))
  );
}

const at = (value: object, key: PropertyKey): unknown => Reflect.get(value, key) as unknown;

const isDate = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object Date]';
