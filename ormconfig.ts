import { dataSource } from './src/data-source';

/** The options of the shared DataSource, for tools that read this file. */
export default dataSource.options;
