// Only compiled: see host-types.spec.ts.
import { EntitySchema } from 'typeorm';
import { bindHost, D1DataSource, Subscription, UserSubscription } from 'typeorm-billing';
import type { D1Binding } from 'typeorm-billing';

interface Organization {
  id: number;
  name: string;
}

interface Account {
  id: string;
  email: string;
}

const organizations = new EntitySchema<Organization>({
  name: 'Organization',
  columns: { id: { type: 'integer', primary: true }, name: { type: 'text' } },
});
const accounts = new EntitySchema<Account>({
  name: 'Account',
  columns: { id: { type: 'text', primary: true }, email: { type: 'text' } },
});

declare module 'typeorm-billing' {
  interface HostTypes {
    tenant: Organization;
    user: Account;
  }
}

bindHost({ tenant: organizations, user: accounts });

export async function use(database: D1Binding): Promise<string | undefined> {
  const entities = [organizations, accounts, Subscription, UserSubscription];
  const { manager } = await new D1DataSource({ database, entities }).initialize();
  const found = await manager.findOneOrFail(Subscription, {
    where: { tenantId: 1, tenant: { name: 'Acme' } },
    relations: { tenant: true },
  });
  const tenantId: number = found.tenantId;
  // @ts-expect-error: an organization's key is a number
  found.tenantId = String(tenantId);
  // @ts-expect-error: an organization has a name, and no label
  const label: string | undefined = found.tenant?.label;
  const { user } = await manager.findOneByOrFail(UserSubscription, { userId: 'ada' });
  return label ?? found.tenant?.name ?? user?.email;
}
