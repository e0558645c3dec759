/** TypeORM's inner modules that the entities need. No other file here imports one. */
export { dataSourceOf } from '../host/typeorm';
export type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
