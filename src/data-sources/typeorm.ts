/** All that the data sources take from inside TypeORM: not part of its public API. */
export type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
