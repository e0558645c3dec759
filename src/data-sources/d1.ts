import { d1Engine } from '../engines/d1/engine';
import { registerEngine } from '../engines/registry';
import { D1BindingDataSource, type D1DataSourceOptions } from '../driver/d1/data-source';
import { withBillingSubscriber } from '../entities/billing-subscriber';
import { withSafeMigrations } from '../migrator/safe-migrations';

registerEngine(d1Engine);

/** A TypeORM DataSource on a Cloudflare D1 binding, inside a Worker or beside one. */
export class D1DataSource extends withSafeMigrations(D1BindingDataSource) {
  constructor(options: D1DataSourceOptions) {
    super({ ...options, subscribers: withBillingSubscriber(options.subscribers) });
  }
}
