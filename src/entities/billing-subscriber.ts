import {
  EventSubscriber,
  type EntityMetadata,
  type EntitySubscriberInterface,
  type InsertEvent,
  type ObjectLiteral,
  type UpdateEvent,
} from 'typeorm';
import { BillingEntity, finishInsert, prepareInsert, prepareUpdate } from './billing-entity';
import type { BaseDataSourceOptions } from './typeorm';

/**
 * Does for plain objects what the entities do for themselves: `repository.insert({…})`,
 * `save({…})`, `update(criteria, {…})` and `upsert()` are completed and validated too.
 *
 * `SqliteDataSource` and the shared DataSource have it; a host's own DataSource takes it as
 * `subscribers: [BillingSubscriber]`.
 */
@EventSubscriber()
export class BillingSubscriber implements EntitySubscriberInterface<BillingEntity> {
  listenTo(): typeof BillingEntity {
    return BillingEntity;
  }

  beforeInsert({ entity, metadata }: InsertEvent<BillingEntity>): void {
    onInstance(entity, metadata, (row, complete) => {
      prepareInsert(row, complete ? 'insert' : 'update');
    });
  }

  afterInsert({ entity, metadata }: InsertEvent<BillingEntity>): void {
    onInstance(entity, metadata, finishInsert);
  }

  beforeUpdate({ entity, metadata }: UpdateEvent<BillingEntity>): void {
    onInstance(entity, metadata, prepareUpdate);
  }
}

/** Runs `prepare` on an instance with the object's values, and gives the object what it set. */
function onInstance(
  object: ObjectLiteral | undefined,
  { target }: EntityMetadata,
  prepare: (row: object, complete: boolean) => void,
): void {
  if (object === undefined || object instanceof BillingEntity || typeof target !== 'function') {
    return;
  }
  // A function stands for an SQL expression, whose value only the database will know.
  const values = Object.entries(object).filter(([, value]) => typeof value !== 'function');
  const row = Object.assign(
    Object.create(target.prototype as object) as object,
    Object.fromEntries(values) as object,
  );
  prepare(row, values.length === Object.keys(object).length);
  for (const [key, value] of Object.entries<unknown>(row as Record<string, unknown>)) {
    if (typeof object[key] !== 'function') object[key] = value;
  }
}

type Subscribers = NonNullable<BaseDataSourceOptions['subscribers']>;

/** The `subscribers` option of a DataSource, with {@link BillingSubscriber} in it. */
export function withBillingSubscriber(subscribers: Subscribers = []): Subscribers {
  const list = Array.isArray(subscribers) ? subscribers : Object.values(subscribers);
  return [...new Set([...list, BillingSubscriber])];
}
