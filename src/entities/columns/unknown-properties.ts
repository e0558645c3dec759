import type { EntityMetadata } from 'typeorm';
import { BillingError } from '../../errors';
import { dataSourceOf } from '../typeorm';
import { tableOfPrototype } from './registry';
import { REDACTED, type ValidationDetails } from './validation-error';

/**
 * Refuses a property that a plain object has and its entity has not: TypeORM would leave it out without
 * a word. Instances may carry what they like, such as what a host's `@AfterLoad` computes. A copy of
 * one (`{ ...loaded }`) may carry the same.
 *
 * @throws BillingError `VALIDATION_FAILED`
 */
export function refuseUnknown(object: object, metadata: EntityMetadata, stored?: object): void {
  const { target, propertiesMap, targetName: entity } = metadata;
  if (typeof target !== 'function' || object instanceof target) return;
  const table = tableOfPrototype(target.prototype as object);
  if (table === undefined) return;
  const prototype = target.prototype as object;
  const isCopy = 'createdAt' in object && 'updatedAt' in object;
  const unknown = Object.entries(object).filter(([property, value]) => {
    if (value === undefined || property in propertiesMap || property in prototype) return false;
    if (stored !== undefined && property in stored) return false;
    if (isCopy && (stored === undefined || isJoined(value))) return false;
    return !othersOf(metadata).has(property);
  });
  if (unknown.length === 0) return;
  const names = Object.keys(propertiesMap);
  const lines: string[] = [];
  const failures = unknown.map(([property]) => {
    const near = nearest(property, names);
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
    lines.push(`${entity} has no property ${property}${hint}`);
    // The value may be a secret under a wrong name.
    return { property, value: REDACTED, expected: `a property of ${entity}${hint}` };
  });
  const details: ValidationDetails = { entity, table: table.table, failures };
  throw BillingError.validationFailed(table.table, lines, details);
}

/** What a query joined to a loaded entity: other entities, or none. */
function isJoined(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJoined);
  if (typeof value !== 'object') return false;
  const prototype = value === null ? null : (Object.getPrototypeOf(value) as object | null);
  return prototype === null || Object.getPrototypeOf(prototype) !== null;
}

const others = new WeakMap<EntityMetadata, ReadonlySet<string>>();

/** Properties that are neither columns nor relations: ids of relations, class fields. */
function othersOf(metadata: EntityMetadata): ReadonlySet<string> {
  const known = others.get(metadata);
  if (known !== undefined) return known;
  const { relationIds, embeddeds } = metadata;
  const { typename } = dataSourceOf(metadata).options;
  const names = new Set([
    ...[...relationIds, ...embeddeds].map(({ propertyName }) => propertyName),
    ...Object.keys(metadata.create() as object),
    ...(typename === undefined ? [] : [typename]),
  ]);
  others.set(metadata, names);
  return names;
}

/** The name that was probably meant: the same in another spelling, or the one closest to it. */
function nearest(property: string, names: readonly string[]): string | undefined {
  const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();
  const wanted = plain(property);
  const [best] = names
    .map((name) => {
      const candidate = plain(name);
      const distance = distanceOf(wanted, candidate);
      const [short = '', long = ''] = [wanted, candidate].sort((a, b) => a.length - b.length);
      return {
        name,
        distance: short.length > 4 && long.includes(short) ? Math.min(distance, 2) : distance,
      };
    })
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, wanted.length / 3)
    ? best.name
    : undefined;
}

/** Levenshtein's: how many letters to add, drop or change. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const [corner = 0, above = 0] = row.slice(j, j + 2);
      const left = next[j] ?? 0;
      next.push(Math.min(corner + (letter === other ? 0 : 1), above + 1, left + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
