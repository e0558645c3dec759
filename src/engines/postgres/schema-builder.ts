import { Table, type QueryRunner } from 'typeorm';
import { Query } from 'typeorm/driver/Query.js';
import type { EntityMetadata } from 'typeorm/metadata/EntityMetadata.js';
import { RdbmsSchemaBuilder } from 'typeorm/schema-builder/RdbmsSchemaBuilder.js';

/** Name of a CHECK or an index, and its meaning in Postgres' own normal form. */
type Meanings = ReadonlyMap<string, string>;

const CHECKS = `
  SELECT conname AS "name", pg_get_constraintdef(oid) AS "meaning"
  FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass`;

const INDEXES = `
  SELECT c.relname AS "name",
    concat_ws(' ', i.indisunique::text, a.amname,
      (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, false) || ' ' || i.indoption[n - 1], ', ' ORDER BY n)
         FROM generate_series(1, i.indnkeyatts) n),
      pg_get_expr(i.indpred, i.indrelid)) AS "meaning"
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
  WHERE i.indrelid = $1::regclass`;

const SHADOW = 'pg_temp.billing_intended';

/** What every query runner of TypeORM's has, and keeps from those who are not its heirs. */
interface QueryCollector {
  executeQueries(up: Query, down: Query): Promise<void>;
}

/**
 * TypeORM's schema builder, which compares CHECKs and indexes by their names only, taught to see
 * a changed CHECK text, index predicate or index column: a status added to a list, for example.
 * And taught to keep the values of a column whose type or length changes.
 *
 * What the entities intend is brought into Postgres' normal form by Postgres itself, on a temporary
 * table in a transaction that is rolled back.
 */
export class PostgresSchemaBuilder extends RdbmsSchemaBuilder {
  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    for (const metadata of this.entityToSyncMetadatas) {
      const table = this.tables.find(({ name }) => name.split('.').at(-1) === metadata.tableName);
      if (table && metadata.checks.length + metadata.indices.length > 0) {
        await this.#dropChanged(metadata, table);
      }
      if (table) await this.#changeTypes(metadata, table);
    }
    await super.executeSchemaSyncOperationsInProperOrder();
  }

  /** Drops what is there under the right name with another meaning; TypeORM then makes it anew. */
  async #dropChanged(metadata: EntityMetadata, live: Table): Promise<void> {
    const shadow = this.dataSource.createQueryRunner();
    try {
      await shadow.startTransaction();
      const there = await read(shadow, this.dataSource.driver.escape(metadata.tableName));
      const intended = await this.#intended(shadow, metadata);
      const changed = (name: string | undefined, kind: 'checks' | 'indexes'): boolean =>
        name !== undefined &&
        intended[kind].has(name) &&
        there[kind].get(name) !== intended[kind].get(name);
      for (const check of [...live.checks]) {
        if (changed(check.name, 'checks')) await this.queryRunner.dropCheckConstraint(live, check);
      }
      for (const index of [...live.indices]) {
        if (changed(index.name, 'indexes')) await this.queryRunner.dropIndex(live, index);
      }
    } finally {
      if (shadow.isTransactionActive) await shadow.rollbackTransaction();
      await shadow.release();
    }
  }

  /**
   * TypeORM would drop such a column and make it anew, empty. Without USING: what Postgres does not
   * convert by itself, or could only by cutting values off, fails and is for a person to decide.
   */
  async #changeTypes(metadata: EntityMetadata, live: Table): Promise<void> {
    const { driver } = this.dataSource;
    for (const wanted of Table.create(metadata, driver).columns) {
      const there = live.findColumnByName(wanted.name);
      if (!there || (there.type === wanted.type && there.length === wanted.length)) continue;
      if ([there, wanted].some((one) => one.isArray || one.enum || one.generatedType)) continue;
      const alter = `ALTER TABLE ${driver.escape(metadata.tableName)} ALTER COLUMN ${driver.escape(wanted.name)} TYPE`;
      await (this.queryRunner as unknown as QueryCollector).executeQueries(
        new Query(`${alter} ${driver.createFullType(wanted)}`),
        new Query(`${alter} ${driver.createFullType(there)}`),
      );
      there.type = wanted.type;
      there.length = wanted.length;
    }
  }

  async #intended(
    shadow: QueryRunner,
    metadata: EntityMetadata,
  ): Promise<{ checks: Meanings; indexes: Meanings }> {
    const table = Table.create(metadata, this.dataSource.driver);
    table.name = SHADOW;
    // A type that does not exist yet, such as an enum still to be made, can't be compared with.
    const made = await shadow.createTable(table).then(
      () => true,
      () => false,
    );
    return made ? read(shadow, SHADOW) : { checks: new Map(), indexes: new Map() };
  }
}

async function read(
  queryRunner: QueryRunner,
  table: string,
): Promise<{ checks: Meanings; indexes: Meanings }> {
  const meanings = async (sql: string): Promise<Meanings> => {
    const rows = (await queryRunner.query(sql, [table])) as { name: string; meaning: string }[];
    return new Map(rows.map(({ name, meaning }) => [name, meaning]));
  };
  return { checks: await meanings(CHECKS), indexes: await meanings(INDEXES) };
}
