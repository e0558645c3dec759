/** All that the data sources take from inside TypeORM: not part of its public API. */
export { DriverFactory } from 'typeorm/driver/DriverFactory.js';
export type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
