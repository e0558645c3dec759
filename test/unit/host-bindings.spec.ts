import { validate } from 'class-validator';
import { DataSource, Entity, getMetadataArgsStorage, PrimaryColumn } from 'typeorm';
import { tenantBilling } from '../../src/billing';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { Subscription } from '../../src/entities/tenant-billing/subscription';
import { bound, hostTables, replacements } from '../../src/host/bindings';
import { FAMILIES } from '../../src/host/families';
import { Tenant } from '../../src/host/stand-ins';
import { accepted, beforeInsert, refusal, refused, VALID } from './entity-samples';

class Unconnected extends DataSource {
  async build(): Promise<this> {
    await this.buildMetadatas();
    return this;
  }
}

const build = (entities: (new () => object)[]): Promise<DataSource> =>
  new Unconnected({ type: 'postgres', entities }).build();

describe("T3 U2 the host's tables are asked for late", () => {
  const standIn = hostTables.tenant;
  afterEach(() => {
    hostTables.tenant = standIn;
    replacements.clear();
  });

  it('T3 U2 knows the table of each family', () => {
    expect(FAMILIES.map((family) => hostTables[family].table)).toEqual(['tenants', 'user']);
    expect(hostTables.user).toEqual({ table: 'user', column: 'id', keyType: 'text' });
  });

  it("T3 validates by the type of the host's key at that moment, and says what it takes", async () => {
    const subscription = VALID.subscription();
    expect(refused(subscription, { tenantId: 'acme' })).toEqual(['tenantId']);

    hostTables.tenant = { ...standIn, keyType: 'text' };
    accepted(VALID.subscription(), { tenantId: 'acme' });
    const error = refusal(() =>
      beforeInsert(Object.assign(VALID.subscription(), { tenantId: '' })),
    );
    expect(error.details?.failures).toEqual([
      { property: 'tenantId', value: '', expected: 'a non-empty text without NUL characters' },
    ]);
    const [failure] = await validate(Object.assign(VALID.subscription(), { tenantId: '' }));
    expect(failure?.constraints).toEqual({
      ck_subscriptions_tenant_id: 'tenantId must be a non-empty text without NUL characters',
    });

    hostTables.tenant = standIn;
    expect(refused(VALID.subscription(), { tenantId: 'acme' })).toEqual(['tenantId']);
  });

  it("T3 gives a column the type that the host's key has when a DataSource is built", async () => {
    @Entity({ name: 'organizations', synchronize: false })
    class Organization {
      @PrimaryColumn('text')
      id!: string;
    }
    const column = getMetadataArgsStorage().columns.find(
      (one) => one.target === Subscription && one.propertyName === 'tenantId',
    );
    const typeIn = async (entities: (new () => object)[]): Promise<unknown> =>
      (await build(entities)).getMetadata(Subscription).findColumnWithPropertyName('tenantId')
        ?.type;

    expect(column?.options.type).toBe('uuid');
    expect(await typeIn(tenantBilling.entities)).toBe('uuid');
    hostTables.tenant = { table: 'organizations', column: 'id', keyType: 'text' };
    replacements.set(Tenant, Organization);
    expect(column?.options.type).toBe('text');
    expect(await typeIn([Organization, Plan, Subscription])).toBe('text');
  });

  it('T3 points relations at the class that replaces the one they name', async () => {
    @Entity({ name: 'organizations', synchronize: false })
    class Organization extends Tenant {}
    @Entity('plans')
    class OurPlan extends Plan {}
    const targets = async (entities: (new () => object)[]): Promise<unknown[]> =>
      (await build(entities))
        .getMetadata(Subscription)
        .relations.map(({ inverseEntityMetadata: { target } }) => target);

    expect([bound(Tenant), bound(Plan)]).toEqual([Tenant, Plan]);
    expect(await targets(tenantBilling.entities)).toEqual([Tenant, Plan, Plan]);
    replacements.set(Tenant, Organization).set(Plan, OurPlan);
    expect(await targets([Subscription, Organization, OurPlan])).toEqual([
      Organization,
      OurPlan,
      OurPlan,
    ]);
  });
});
