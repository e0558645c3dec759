/** All that the engines take from inside TypeORM: not part of its public API. */
export {
  type ColumnMetadata,
  dataSourceOf,
  Query,
  type QueryCollector,
  RdbmsSchemaBuilder,
  setTables,
  tablesOf,
} from '../driver/typeorm';
