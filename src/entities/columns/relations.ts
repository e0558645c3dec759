import { getMetadataArgsStorage, JoinColumn } from 'typeorm';
import type { EntityClass } from '../../host/bindings';
import { hostEntityOf, type HostTarget } from '../../host/host-schema';
import { nameOf, tableOfPrototype } from './registry';
import type { ColumnRelation, ColumnSpec } from './spec';

type RelationArgs = ReturnType<typeof getMetadataArgsStorage>['relations'][number];

/**
 * The row that a key refers to: what `@ManyToOne` says on the property without `Id`. It is read
 * late, since the class it names may not be imported yet, or be replaced.
 */
export function relationBeside(prototype: object, key: string): ColumnRelation {
  const property = key.replace(/Id$/, '');
  const find = (): RelationArgs | undefined =>
    relationsOf(prototype.constructor).find((one) => one.propertyName === property);
  return {
    property,
    get table() {
      return targetTable(find());
    },
    get onDelete() {
      return find()?.options.onDelete;
    },
  };
}

function targetTable(relation: RelationArgs | undefined): string {
  const target =
    typeof relation?.type === 'function' ? (relation.type as () => unknown)() : undefined;
  const own =
    typeof target === 'function'
      ? tableOfPrototype((target as EntityClass).prototype as object)
      : undefined;
  return own?.table ?? hostEntityOf(target as HostTarget)?.table.name ?? '';
}

/** Gives each relation the column of its key, and its foreign key a name. */
export function mapRelations(
  target: EntityClass,
  table: string,
  columns: readonly ColumnSpec[],
): void {
  const entity = target.name;
  const relations = relationsOf(target);
  for (const { propertyName: property, options } of relations) {
    const key = columns.find((spec) => spec.relation?.property === property);
    if (key === undefined) {
      throw new Error(
        `${entity}.${property} is a relation without a key: add the property ${property}Id with ` +
          '@Key or @HostKey.',
      );
    }
    if ((options.nullable ?? true) !== key.nullable) {
      throw new Error(
        `${entity}.${property} and ${entity}.${key.property} must both be nullable, or neither: ` +
          `give @ManyToOne ${key.nullable ? 'no `nullable`' : '`nullable: false`'}.`,
      );
    }
    JoinColumn({ name: key.column, foreignKeyConstraintName: nameOf('fk', table, key.column) })(
      target.prototype as object,
      property,
    );
  }
  for (const { property, relation } of columns) {
    if (relation === undefined) continue;
    if (!relations.some(({ propertyName }) => propertyName === relation.property)) {
      throw new Error(
        `${entity}.${property} is a key without a relation: add @ManyToOne to the property ` +
          `${relation.property}.`,
      );
    }
  }
}

function relationsOf(target: unknown): RelationArgs[] {
  return getMetadataArgsStorage().relations.filter(
    (one) => one.target === target && one.relationType === 'many-to-one',
  );
}
