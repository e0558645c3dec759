import {
  EventSubscriber,
  type EntityMetadata,
  type EntitySubscriberInterface,
  type InsertEvent,
  type ObjectLiteral,
  type UpdateEvent,
} from 'typeorm';
import { assertThisCopy } from '../copy';
import { answerInParts } from './answer-in-parts';
import { BillingEntity } from './billing-entity';
import { tableOf } from './columns/registry';
import { seenRow } from './columns/seen-rows';
import { refuseUnknown } from './columns/unknown-properties';
import { finishInsert, finishUpdate, prepareInsert, prepareUpdate } from './prepare-rows';
import { refuseExpressions } from './relation-keys';
import type { BaseDataSourceOptions } from './typeorm';

/**
 * Completes and validates plain objects as the entities do themselves: those of
 * `repository.insert({…})`, `save({…})`, `update(criteria, {…})` and `upsert()`. A property that the
 * entity does not have is refused by its name.
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
    assertOwn(metadata);
    if (isPlain(entity)) refuseUnknown(entity, metadata);
    // Only `save()` compares what it writes, and can have it from a parent's list.
    const isSaved = isPlain(entity) && seenRow(entity) !== undefined;
    onInstance(entity, metadata, (row, isComplete) => {
      prepareInsert(row, isSaved ? metadata : undefined, isComplete);
    });
  }

  afterInsert({ entity, metadata }: InsertEvent<BillingEntity>): void {
    onInstance(entity, metadata, finishInsert);
  }

  beforeUpdate({ entity, metadata, databaseEntity }: UpdateEvent<BillingEntity>): void {
    assertOwn(metadata);
    if (isPlain(entity)) refuseUnknown(entity, metadata, databaseEntity);
    onInstance(entity, metadata, (row) => {
      prepareUpdate(row, databaseEntity);
    });
  }

  afterUpdate({ entity, metadata, databaseEntity }: UpdateEvent<BillingEntity>): void {
    onInstance(entity, metadata, (row) => {
      finishUpdate(row, databaseEntity);
    });
  }

  /** On Postgres, sends a statement of more than 65,535 values, of any entity, in parts. */
  beforeQuery(event: QueryEvent): Promise<void> | undefined {
    return answerInParts(event);
  }
}

function assertOwn({ target, name }: EntityMetadata): void {
  if (typeof target === 'function') assertThisCopy(target, name, 'BillingSubscriber is');
}

function isPlain(object: ObjectLiteral | undefined): object is ObjectLiteral {
  return object !== undefined && !(object instanceof BillingEntity);
}

/** The instance that stands for a plain object from the beginning of its write to the end. */
const instances = new WeakMap<object, object>();

/** TypeORM 0.3 asks for the entity's type here, 1.x takes none. */
type QueryEvent = Parameters<NonNullable<EntitySubscriberInterface['beforeQuery']>>[0];

/** Runs `prepare` on an instance with the object's values, and copies what it set to the object. */
function onInstance(
  object: ObjectLiteral | undefined,
  { target }: EntityMetadata,
  prepare: (row: object, isComplete: boolean) => void,
): void {
  if (!isPlain(object) || typeof target !== 'function') return;
  // A function is an SQL expression, whose value only the database knows.
  const values = Object.entries(object).filter(([, value]) => typeof value !== 'function');
  const row = (instances.get(object) ?? Object.create(target.prototype as object)) as ObjectLiteral;
  instances.set(object, row);
  const table = tableOf(row);
  for (const key of Object.keys(row)) Reflect.deleteProperty(row, key);
  for (const { property, secret } of table?.columns ?? []) if (secret) row[property] = undefined;
  Object.assign(row, Object.fromEntries(values));
  if (table !== undefined) refuseExpressions(object, table);
  prepare(row, values.length === Object.keys(object).length);
  const properties = table?.columns.map(({ property }) => property) ?? [];
  for (const key of new Set([...Object.keys(object), ...Object.keys(row), ...properties])) {
    if (typeof object[key] === 'function') continue;
    if (row[key] !== undefined) object[key] = row[key] as unknown;
    else if (object[key] !== undefined) Reflect.deleteProperty(object, key);
  }
}

type Subscribers = NonNullable<BaseDataSourceOptions['subscribers']>;

/** The `subscribers` option of a DataSource, with {@link BillingSubscriber} in it. */
export function withBillingSubscriber(subscribers: Subscribers = []): Subscribers {
  const list = Array.isArray(subscribers) ? subscribers : Object.values(subscribers);
  return [...new Set([...list, BillingSubscriber])];
}
