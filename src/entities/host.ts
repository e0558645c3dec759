import { Entity, PrimaryColumn } from 'typeorm';

/**
 * Stand-in for the host's `tenants` table. Only its key is mapped, and `synchronize: false` keeps
 * it out of every migration: billing refers to it and never makes, alters or drops it.
 */
@Entity({ name: 'tenants', synchronize: false })
export class Tenant {
  /** Uuid in canonical form, given by the host. */
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
}

/**
 * Stand-in for the host's `user` table (Better Auth's). Only its key is mapped, and
 * `synchronize: false` keeps it out of every migration.
 */
@Entity({ name: 'user', synchronize: false })
export class User {
  /** Text, in whatever form the host makes its ids. */
  @PrimaryColumn({ name: 'id', type: 'text' })
  id!: string;
}

/** What a billing row may belong to. */
export type HostRole = 'tenant' | 'user';

/** The type of a host's id column, which the billing column that refers to it takes. */
export type HostKeyType = 'uuid' | 'text';

interface HostBinding {
  readonly target: abstract new (...args: never[]) => object;
  readonly keyType: HostKeyType;
}

const bindings: Record<HostRole, HostBinding> = {
  tenant: { target: Tenant, keyType: 'uuid' },
  user: { target: User, keyType: 'text' },
};

/** The class that `tenant` or `user` relations point at. Ask late: when a DataSource is built. */
export function hostTarget(role: HostRole): HostBinding['target'] {
  return bindings[role].target;
}

/** The column type of `tenant_id` or `user_id`. Ask late: when a DataSource is built. */
export function hostKeyType(role: HostRole): HostKeyType {
  return bindings[role].keyType;
}
