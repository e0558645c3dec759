// Only compiled: see host-types.spec.ts.
import { Column, type DataSource, Entity, OneToMany, PrimaryColumn } from 'typeorm';
import {
  bindHost,
  DirectDebitToken,
  PaymentAttempt,
  Plan,
  Subscription,
  TenantConfig,
  UserSubscription,
} from 'typeorm-billing';

@Entity()
export class Organization {
  @PrimaryColumn('integer')
  id!: number;

  @Column('text')
  name!: string;

  @OneToMany(() => Subscription, (subscription) => subscription.tenant)
  subscriptions?: Subscription[];
}

@Entity()
export class Account {
  @PrimaryColumn('bigint')
  accountNo!: bigint;

  @Column('text')
  email!: string;
}

@Entity()
export class OurPlan extends Plan {
  @Column('text', { nullable: true })
  badge!: string | null;
}

@Entity()
export class OurSubscription extends Subscription {
  @Column('integer', { default: 0 })
  seatsUsed!: number;
}

@Entity()
export class OurToken extends DirectDebitToken {
  @Column('text', { nullable: true })
  signedBy!: string | null;
}

declare module 'typeorm-billing' {
  interface HostTypes {
    tenant: Organization;
    user: Account;
    userKey: 'accountNo';
    plan: OurPlan;
    subscription: OurSubscription;
    directDebitToken: OurToken;
  }
}

bindHost({ tenant: Organization, user: Account, plan: OurPlan, directDebitToken: OurToken });

type Exactly<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <A, B>(_exactly: Exactly<A, B>): void => undefined;

is<Subscription['tenant'], Organization | undefined>(true);
is<Subscription['tenantId'], number>(true);
is<TenantConfig['tenantId'], number>(true);
is<Subscription['plan'], OurPlan | undefined>(true);
is<OurSubscription['pendingPlan'], OurPlan | null | undefined>(true);
is<UserSubscription['user'], Account | undefined>(true);
is<UserSubscription['userId'], bigint>(true);
is<PaymentAttempt['userId'], bigint>(true);
is<PaymentAttempt['directDebitToken'], OurToken | null | undefined>(true);
is<OurToken['replacedBy'], OurToken | null | undefined>(true);
// What the host did not name is as before.
is<PaymentAttempt['userSubscription'], UserSubscription | null | undefined>(true);
// @ts-expect-error: the key of an organization is a number
is<Subscription['tenantId'], string>(true);

export async function use(dataSource: DataSource): Promise<string | null | undefined> {
  const subscriptions = dataSource.getRepository(OurSubscription);
  const organization: Organization = { id: 1, name: 'Acme' };
  await subscriptions.save({ tenantId: 1, planId: 'a', tenant: organization });
  // @ts-expect-error: an organization's key is no text
  await subscriptions.findBy({ tenantId: '1' });
  const found = await subscriptions.findOne({
    where: { tenant: { name: 'Acme' }, plan: { badge: 'new' }, tenantId: 1 },
    relations: { tenant: { subscriptions: true }, plan: true },
  });
  // @ts-expect-error: plans have no such column
  await subscriptions.findBy({ plan: { bage: 'new' } });
  // @ts-expect-error: an organization has a name, and no label
  const label: string | undefined = found?.tenant?.label;
  return label ?? found?.plan?.badge;
}
