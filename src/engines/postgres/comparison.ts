import type { DataSource, EntityMetadata, QueryFailedError } from 'typeorm';
import type { Comparison, Unchecked } from '../engine';
import { hiddenTables } from './hidden-tables';
import { KeepingSchemaBuilder } from './keeping-schema-builder';

/** Compares some tables, and keeps what they have besides what the entities name. */
export async function compareOnPostgres(
  dataSource: DataSource,
  entities: ReadonlySet<EntityMetadata>,
): Promise<Comparison> {
  const entityMetadatas = dataSource.entityMetadatas.filter((one) => entities.has(one));
  // TypeORM's builder compares all entities, and the table of its query cache with them.
  const scope = Object.create(dataSource, {
    entityMetadatas: { value: entityMetadatas },
    queryResultCache: { value: undefined },
  }) as DataSource;
  const builder = new ComparingSchemaBuilder(scope);
  const { upQueries } = await builder.log();
  const differences = upQueries.map(({ query }) => query);
  return { differences, hosts: builder.hosts, unchecked: builder.unchecked };
}

class ComparingSchemaBuilder extends KeepingSchemaBuilder {
  readonly unchecked: Unchecked[] = [];

  protected override keeps(): boolean {
    return true;
  }

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    await this.resolveNames();
    const hidden = await hiddenTables(this.queryRunner, this.entityToSyncMetadatas);
    this.unchecked.push(...hidden.values());
    // They would look as if they, or some of their columns, were missing.
    this.leaveOut(new Set(hidden.keys()));
    await super.executeSchemaSyncOperationsInProperOrder();
  }

  protected override onRefused({ tableName }: EntityMetadata, error: QueryFailedError): void {
    this.unchecked.push({
      object: `the CHECKs and indexes of ${tableName}`,
      reason: `Postgres refused the temporary table that they are compared on: ${error.message}`,
    });
  }
}
