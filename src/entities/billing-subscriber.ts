import {
  type BeforeQueryEvent,
  EventSubscriber,
  type EntityMetadata,
  type EntitySubscriberInterface,
  type InsertEvent,
  type ObjectLiteral,
  type UpdateEvent,
} from 'typeorm';
import { answerInParts } from './answer-in-parts';
import { BillingEntity, finishInsert, prepareInsert, prepareUpdate } from './billing-entity';
import type { BaseDataSourceOptions } from './typeorm';

/**
 * Completes and validates plain objects as the entities do themselves: those of
 * `repository.insert({…})`, `save({…})`, `update(criteria, {…})` and `upsert()`.
 *
 * `SqliteDataSource` and the shared DataSource have it. Add it to a DataSource of your own with
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

  /** On Postgres, sends a statement of more than 65,535 values, of any entity, in parts. */
  beforeQuery(event: BeforeQueryEvent): Promise<void> | undefined {
    return answerInParts(event);
  }
}

/** Runs `prepare` on an instance with the object's values, and copies what it set to the object. */
function onInstance(
  object: ObjectLiteral | undefined,
  { target }: EntityMetadata,
  prepare: (row: object, complete: boolean) => void,
): void {
  if (object === undefined || object instanceof BillingEntity || typeof target !== 'function') {
    return;
  }
  // A function is an SQL expression, whose value only the database knows.
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
