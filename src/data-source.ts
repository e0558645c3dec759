import { createDataSource } from './data-sources/shared';
import { readSettings } from './data-sources/settings';

/**
 * The shared DataSource, from the environment: what TypeORM's CLI is pointed at.
 *
 * `DATABASE_URL` (`postgres://…`, `sqlite:path`, `sqlite::memory:`, `d1:BINDING`; required, except in a
 * clone of the project: there the default is the SQLite file `billing.sqlite`), `BILLING_FAMILIES`
 * (`tenant`, `user`; default: both), `BILLING_HOST_TABLES` (`create` creates stand-ins for the host's
 * tables in a database without tables), `BILLING_PREFIX` and `BILLING_SCHEMA` define it.
 *
 * @throws BillingError `CONFIGURATION_INVALID` on import, if one of them is missing or not valid
 */
export const dataSource = createDataSource(readSettings(process.env));
