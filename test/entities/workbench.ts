import type { DataSource, QueryRunner } from 'typeorm';
import { BillingError } from '../../src';
import {
  createBillingDatabase,
  OTHER_USER_SUBSCRIPTION,
  PLAN,
  startAfresh,
  TOKEN,
  USER_PLAN,
  USER_SUBSCRIPTION,
} from '../schema/billing-database';
import { liveKeys } from '../schema/live-keys';
import { openDataSource } from '../support/data-source';
import type { TestDatabase, TestEngine } from '../support/engines';
import { columnOf, type EntityRows, MADE, type Row } from './entity-rows';

/** What a database makes of a row that no validator has looked at. */
export interface Outcome {
  /** `nothing`: a value of the row can't be sent at all. */
  readonly kind: 'accepted' | 'check' | 'not null' | 'too long' | 'type' | 'key' | 'nothing';
  /** Of the CHECK, or of the column that is NOT NULL. */
  readonly name?: string;
}

/** An entity that was inserted. */
export interface Stored {
  /** What the host has in its hands after the insert. */
  readonly saved: Row;
  /** What it is given when it asks for the row again. */
  readonly read: Row;
}

/** How a host may insert: an entity by `save()` or `insert()`, or an object of no class. */
export const WAYS = ['save', 'insert', 'plain object'] as const;
export type Way = (typeof WAYS)[number];

/** One engine with two databases, in which nothing that is inserted is ever kept. */
export interface Workbench {
  readonly engine: TestEngine['name'];
  /** The names of a table's CHECKs, sorted. */
  readonly checksOf: (table: string) => string[];
  /** Inserts the values by the plain driver. */
  insertPlain(rows: EntityRows, row: Row): Promise<Outcome>;
  /**
   * Inserts an entity with these values; undefined if the validator refused it.
   *
   * @throws whatever else stood in the way
   */
  insertEntity(rows: EntityRows, row: Row, way: Way): Promise<Stored | undefined>;
  close(): Promise<void>;
}

const BEGIN = 'BEGIN; SAVEPOINT untouched';
/** D1 has neither: there the new row is deleted. */
const UNDO = 'ROLLBACK TO SAVEPOINT untouched';
const REFERRED_TO = [PLAN, USER_PLAN, TOKEN, USER_SUBSCRIPTION, OTHER_USER_SUBSCRIPTION];

export async function openWorkbench(engine: TestEngine): Promise<Workbench> {
  const [plain, mapped] = [
    await createBillingDatabase(engine),
    await createBillingDatabase(engine),
  ];
  for (const database of [plain, mapped]) await startAfresh(database);
  if (engine.name === 'postgres') await moveFarEast(mapped);
  const checks = Object.keys((await liveKeys(plain)).checks).sort();
  const dataSource = await openDataSource(mapped);
  const queryRunner = dataSource.createQueryRunner();
  if (engine.transactions === 'interactive') {
    await plain.exec(BEGIN);
    await queryRunner.startTransaction();
    await queryRunner.query('SAVEPOINT untouched');
  }

  return {
    engine: engine.name,
    checksOf: (table) => checks.filter((name) => name.startsWith(`ck_${table}_`)),
    insertPlain: (rows, row) => insertPlain(plain, rows, row),
    insertEntity: (rows, row, way) => insertEntity(queryRunner, rows, row, way),
    close: async () => {
      await release(queryRunner, dataSource);
      await Promise.all([plain.close(), mapped.close()]);
    },
  };
}

/** The server's time zone must not show in what is read back: where 9999 ends as the year 10000. */
async function moveFarEast(database: TestDatabase): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await database.exec(`ALTER DATABASE ${name} SET timezone = 'Pacific/Kiritimati'`);
}

async function release(queryRunner: QueryRunner, dataSource: DataSource): Promise<void> {
  if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
  await queryRunner.release();
  await dataSource.destroy();
}

async function insertEntity(
  queryRunner: QueryRunner,
  { entity: Entity, table }: EntityRows,
  row: Row,
  way: Way,
): Promise<Stored | undefined> {
  const entity: { id?: string } = Object.assign(way === 'plain object' ? {} : new Entity(), row);
  const { manager } = queryRunner;
  try {
    await (way === 'save' ? manager.save(entity) : manager.insert(Entity, entity));
    const read = await manager.findOneByOrFail(Entity, { id: entity.id });
    return { saved: entity, read: read as Row };
  } catch (error) {
    if (error instanceof BillingError && error.code === 'VALIDATION_FAILED') return undefined;
    throw error;
  } finally {
    await queryRunner.query(queryRunner.isTransactionActive ? UNDO : undo(table));
  }
}

/** For what an entity makes by itself and SQLite does not. */
const MADE_PLAIN: Row = { id: '018f3c5e-0000-7000-8000-00000000f00d' };

async function insertPlain(database: TestDatabase, rows: EntityRows, row: Row): Promise<Outcome> {
  const values = Object.entries(rows.properties)
    .map(([property, { missing }]) => ({
      column: columnOf(property),
      value: plainValue(
        property,
        row[property] ?? (missing === MADE ? MADE_PLAIN[property] : row[property]),
      ),
    }))
    .filter(({ value }) => value !== undefined);
  if (values.some(({ value }) => value === UNSENDABLE)) return { kind: 'nothing' };
  const columns = values.map(({ column }) => `"${column}"`).join(', ');
  const places = values.map((_, index) => `$${index + 1}`).join(', ');
  try {
    await database.sql(
      `INSERT INTO "${rows.table}" (${columns}) VALUES (${places})`,
      values.map(({ value }) => value),
    );
    return { kind: 'accepted' };
  } catch (error) {
    return database.dialect === 'postgres' ? postgresOutcome(error) : sqliteOutcome(error);
  } finally {
    await database.exec(database.engine === 'd1' ? undo(rows.table) : UNDO);
  }
}

function undo(table: string): string {
  const kept = REFERRED_TO.map((id) => `'${id}'`).join(', ');
  return `DELETE FROM "${table}" WHERE "id" NOT IN (${kept})`;
}

const UNSENDABLE = Symbol('unsendable');

/** As a careful host would send it with the plain driver. */
function plainValue(property: string, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (property === 'features' || property === 'metadata') return jsonText(value);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : UNSENDABLE;
    case 'object': {
      if (Object.prototype.toString.call(value) !== '[object Date]') return UNSENDABLE;
      const time = Number(value);
      return Number.isNaN(time) ? UNSENDABLE : new Date(time);
    }
    default:
      return UNSENDABLE;
  }
}

function jsonText(value: unknown): unknown {
  try {
    // Of a function or a symbol there is none, whatever the types say.
    const json = JSON.stringify(value) as string | undefined;
    return json ?? UNSENDABLE;
  } catch {
    return UNSENDABLE;
  }
}

function postgresOutcome(error: unknown): Outcome {
  const { code = '', constraint, column } = error as Partial<Record<string, string>>;
  if (code === '23514') return { kind: 'check', name: constraint ?? '' };
  if (code === '23502') return { kind: 'not null', name: column ?? '' };
  if (code === '22001') return { kind: 'too long' };
  if (code === '23503') return { kind: 'key' };
  // Data of the wrong type, or out of the type's range.
  if (code.startsWith('22')) return { kind: 'type' };
  throw error;
}

function sqliteOutcome(error: unknown): Outcome {
  const { message } = error as Error;
  const [, kind = '', name = ''] = /: (CHECK|NOT NULL) constraint failed: (.+)/.exec(message) ?? [];
  if (kind === 'CHECK') return { kind: 'check', name };
  if (kind === 'NOT NULL') return { kind: 'not null', name: name.split('.')[1] ?? '' };
  if (message.includes('FOREIGN KEY constraint failed')) return { kind: 'key' };
  if (message.includes('malformed JSON')) return { kind: 'type' };
  throw error;
}
