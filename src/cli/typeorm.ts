/** All that the program takes from inside TypeORM: not part of its public API. */
export { importOrRequireFile } from 'typeorm/util/ImportUtils.js';
export { InstanceChecker } from 'typeorm/util/InstanceChecker.js';
