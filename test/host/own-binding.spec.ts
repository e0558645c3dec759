import { ChildEntity, Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import {
  bindHost,
  Plan,
  Subscription,
  SubscriptionPlan,
  tenantBilling,
  TenantConfig,
} from '../../src';
import { engineNamed } from '../support/engines';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';

afterEach(unbindHost);

@Entity()
class OurPlan extends Plan {
  @Column('varchar', { nullable: true })
  badge!: string | null;
}

const invalid = (message: string): Error =>
  expect.objectContaining({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining(message) as unknown,
  }) as Error;

describe("C2 T3 bindHost with classes in the place of billing's", () => {
  const { createDatabase } = engineNamed('sqlite');

  it('C2 takes a class again, one that extends another, and a table of the same name', () => {
    @Entity('plans')
    class LaterPlan extends OurPlan {}
    bindHost({ plan: LaterPlan });
    bindHost({ plan: LaterPlan });
    expect(tenantBilling.entities).toContain(LaterPlan);
    expect(tenantBilling.entities).not.toContain(OurPlan);
  });

  it.each([
    ['plans', 'in one call', {}],
    ['plans', 'in a later call', { later: true }],
    ['b_plans', 'in one call', {}],
    ['b_plans', 'in a later call', { later: true }],
    ['plans', 'in one call, and its schema', { schema: 'shop' }],
    ['plans', 'in a later call, and its schema', { schema: 'shop', later: true }],
  ] as [string, string, { schema?: string; later?: boolean }][])(
    'C2 takes one that names its table %s, with a prefix %s',
    async (name, _, { schema, later = false }) => {
      @Entity({ name, ...(schema !== undefined && { schema }) })
      class Own extends OurPlan {}
      const place = { prefix: 'b_', ...(schema !== undefined && { schema }) };
      if (later) bindHost(place);
      bindHost({ ...(!later && place), plan: Own });
      bindHost({ ...place, plan: Own });
      const dataSource = await openHost(await createDatabase(), []);
      expect(dataSource.getMetadata(Plan)).toMatchObject({ target: Own, tableName: 'b_plans' });
    },
  );

  it('C2 refuses what can take no place, and then changes nothing', () => {
    class Bare extends Plan {}
    @Entity('our_plans')
    class Elsewhere extends Plan {}
    @Entity({ schema: 'shop' })
    class InSchema extends Plan {}
    @ChildEntity()
    class Child extends Plan {}
    @Entity()
    class Other extends SubscriptionPlan {}
    const cases: [object, string][] = [
      [{ subscription: null }, 'got null as subscription'],
      // As where two files import each other.
      [{ plan: undefined }, 'got undefined as plan'],
      [{ plan: Bare }, 'Bare as plan, which is no entity class'],
      [{ plan: Child }, 'Child as plan, which is no entity class'],
      [{ plan: Other }, 'Other as plan, which does not extend Plan'],
      [{ plan: Plan }, 'Plan as plan, which does not extend Plan'],
      [{ plan: Elsewhere }, 'whose @Entity() names another table than plans'],
      [{ plan: InSchema }, 'whose @Entity() names the schema shop'],
      [{ plan: InSchema, schema: 'billing' }, 'whose @Entity() names the schema shop'],
      [{ plans: OurPlan }, 'got plans: give tenant, user, plan, subscription'],
      [{ plan: OurPlan, subscription: OurPlan }, 'does not extend Subscription'],
    ];
    for (const [classes, message] of cases) {
      expect(() => bindHost(classes)).toThrow(invalid(message));
    }
    expect(tenantBilling.entities).toContain(Plan);
    bindHost({ plan: OurPlan });
    @Entity()
    class AnotherPlan extends Plan {}
    expect(() => bindHost({ plan: AnotherPlan })).toThrow(
      invalid('The plan is to be AnotherPlan, but is bound to OurPlan already'),
    );
  });

  it('C2 refuses a class after a DataSource was initialised without it', async () => {
    const database = await createDatabase();
    unbindHost();
    await openHost(database, []);
    expect(() => bindHost({ plan: OurPlan })).toThrow(
      invalid('a DataSource was initialised with Plan before bindHost()'),
    );
  });

  it("C2 refuses a DataSource that lists billing's class, alone or beside the one in its place", async () => {
    const database = await createDatabase();
    unbindHost();
    bindHost({ plan: OurPlan });
    for (const classes of [[Plan], [Plan, OurPlan]]) {
      await expect(openHost(database, classes)).rejects.toEqual(
        invalid('A DataSource lists Plan, but bindHost() gave OurPlan in its place: list OurPlan'),
      );
    }
    const dataSource = await openHost(database, [OurPlan, OurPlan]);
    expect(
      dataSource.entityMetadatas.filter(({ tableName }) => tableName === 'plans'),
    ).toHaveLength(1);
  });

  it("C2 a host's class may have the name of billing's", async () => {
    const Named = { Plan: class extends Plan {} }.Plan;
    Column('varchar', { nullable: true })(Named.prototype, 'badge');
    Entity()(Named);
    @Entity('offers')
    class Offer {
      @PrimaryColumn('integer')
      id!: number;
      @ManyToOne('Plan')
      plan?: Plan;
    }
    const database = await createDatabase();
    unbindHost();
    bindHost({ plan: Named });
    const dataSource = await openHost(database, [Offer]);
    expect(dataSource.getRepository('Plan').metadata.target).toBe(Named);
    const [relation] = dataSource.getMetadata(Offer).relations;
    expect(relation?.inverseEntityMetadata.target).toBe(Named);
  });

  it("T1 refuses a property or a column that is billing's already", async () => {
    @Entity()
    class Doubled extends TenantConfig {
      @Column('varchar', { name: 'tax_id', nullable: true })
      vat!: string | null;
    }
    const database = await createDatabase();
    unbindHost();
    bindHost({ tenantConfig: Doubled });
    await expect(openHost(database, [])).rejects.toEqual(
      invalid('Doubled.vat have one column, tax_id'),
    );

    // From here on in this process, every DataSource with billing's entities is refused.
    @Entity()
    class Redeclared extends Subscription {
      @ManyToOne(() => OurPlan)
      declare plan?: OurPlan;
    }
    unbindHost();
    bindHost({ subscription: Redeclared });
    await expect(openHost(database, [])).rejects.toEqual(
      invalid('Redeclared.plan is declared again, but Subscription.plan is a relation of billing'),
    );
  });
});
