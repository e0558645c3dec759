import type { DataSource } from 'typeorm';
import { engineOf } from '../engines/registry';
import { postgresStore } from './postgres/store';
import { sqliteStore } from './sqlite/store';
import type { Store } from './store';

const STORES = { postgres: postgresStore, sqlite: sqliteStore };

export const storeOf = (dataSource: DataSource): Store => STORES[engineOf(dataSource).dialect];
