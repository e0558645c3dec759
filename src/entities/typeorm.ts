/** TypeORM's inner modules that the entities need. No other file here imports one. */
export type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
