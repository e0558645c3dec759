import { getMetadataArgsStorage, type EntityMetadata } from 'typeorm';
import type { EntityClass } from '../../host/bindings';

/**
 * Calls `receive` with the metadata that each DataSource builds of a class.
 *
 * The columns of an index may be a function, which TypeORM calls as a method of the index it builds. It
 * is the one place where what a decorator says gets at the metadata of its class.
 */
export function onBuild(target: EntityClass, receive: (metadata: EntityMetadata) => void): void {
  const { indices, uniques } = getMetadataArgsStorage();
  const index = [...uniques, ...indices].find((one) => one.target === target);
  const { columns } = index ?? {};
  if (index === undefined || !Array.isArray(columns)) {
    throw new Error(`${target.name} has no index: give a column of it \`unique\` or \`index\`.`);
  }
  index.columns = function (this: unknown): string[] {
    const { entityMetadata } = (this ?? {}) as { readonly entityMetadata?: EntityMetadata };
    if (entityMetadata === undefined) {
      throw new Error('TypeORM no longer calls the columns of an index as a method of it.');
    }
    receive(entityMetadata);
    return columns;
  };
}
