import { getMetadataArgsStorage } from 'typeorm';

type ColumnArgs = ReturnType<typeof getMetadataArgsStorage>['columns'][number];

const found = new WeakMap<object, ReadonlySet<string>>();

/** Properties that the database, or TypeORM, fills in where a new row has no value. */
export function filledIn(entity: object): ReadonlySet<string> {
  const prototype = Object.getPrototypeOf(entity) as object;
  const known = found.get(prototype);
  if (known !== undefined) return known;
  const { columns, generations } = getMetadataArgsStorage();
  const isOf = ({ target }: { readonly target: unknown }): boolean =>
    typeof target === 'function' && (target.prototype === prototype || prototype instanceof target);
  const names = new Set([
    ...columns.filter((one) => isOf(one) && isFilledIn(one)).map((one) => one.propertyName),
    ...generations.filter(isOf).map((one) => one.propertyName),
  ]);
  found.set(prototype, names);
  return names;
}

const MODES: readonly string[] = [
  'createDate',
  'updateDate',
  'version',
] satisfies ColumnArgs['mode'][];

const isFilledIn = ({ mode, options }: ColumnArgs): boolean =>
  MODES.includes(mode) || (options.default ?? options.asExpression) !== undefined;
