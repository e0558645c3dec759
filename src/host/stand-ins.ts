import { Entity, PrimaryColumn } from 'typeorm';
import { hostTables } from './bindings';
import { Named } from './named';

/**
 * Stand-in for the host's `tenants` table. Only its key is mapped. `synchronize: false` keeps it out
 * of every migration: billing refers to the table and never creates, alters or drops it.
 */
@Entity({ name: hostTables.tenant.table, synchronize: false })
@Named('Tenant')
export class Tenant {
  /** A uuid in canonical form. The host makes it. */
  @PrimaryColumn({ name: hostTables.tenant.column, type: hostTables.tenant.keyType })
  id!: string;
}

/**
 * Stand-in for the host's `user` table (Better Auth's). Only its key is mapped. `synchronize: false`
 * keeps it out of every migration.
 */
@Entity({ name: hostTables.user.table, synchronize: false })
@Named('User')
export class User {
  /** Text, in the form that the host gives its ids. */
  @PrimaryColumn({ name: hostTables.user.column, type: hostTables.user.keyType })
  id!: string;
}
