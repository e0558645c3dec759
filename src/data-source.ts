import { createDataSource } from './data-sources/shared';
import { readSettings } from './data-sources/settings';

/**
 * The shared DataSource, from the environment: what TypeORM's CLI is pointed at.
 *
 * `DATABASE_URL` (`postgres://…`, `sqlite:path`, `sqlite::memory:`; unset: the embedded SQLite file
 * `billing.sqlite`), `BILLING_FAMILIES` (`tenant`, `user`; unset: both) and `BILLING_HOST_TABLES`
 * (`create` makes stand-ins for the host's tables) choose what it is.
 *
 * @throws BillingError `CONFIGURATION_INVALID` on import, if one of them can't be understood
 */
export const dataSource = createDataSource(readSettings(process.env));
