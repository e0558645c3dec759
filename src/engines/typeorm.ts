/** All that the engines take from inside TypeORM: not part of its public API. */
export {
  type ColumnMetadata,
  Query,
  type QueryCollector,
  RdbmsSchemaBuilder,
} from '../driver/typeorm';
