import { join } from 'node:path';
import {
  Column,
  CreateDateColumn,
  DataSource,
  Entity,
  ILike,
  Like,
  type MigrationInterface,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type QueryRunner,
  UpdateDateColumn,
} from 'typeorm';
import {
  adaptSqlite,
  bindHost,
  check,
  migrate,
  Plan,
  revert,
  SqliteDataSource,
  status,
  Subscription,
  tenantBilling,
  toBillingError,
} from '../../src';
import { closeAfterwards } from '../support/closing';
import { opened } from '../support/data-source';
import { newFolder } from '../support/test-run';
import { unbindHost } from '../support/unbind';

/** The package, which has no types of its own. Nothing else here may open its files: see fact 104. */
const BetterSqlite3 = jest.requireActual<new (file: string) => File>('better-sqlite3');

interface File {
  prepare(sql: string): { all(): Record<string, unknown>[] };
  function(name: string, body: () => unknown): void;
  close(): void;
}

@Entity('organizations')
class Organization {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('varchar') name!: string;
  @Column({ type: 'varchar', nullable: true }) vat!: string | null;
  @Column('simple-enum', { enum: ['small', 'large'], default: 'small' }) size!: 'small' | 'large';
  @Column('decimal', { precision: 10, scale: 2, default: 1.5 }) rate!: number;
  @Column('simple-json', { nullable: true }) settings!: object | null;
  @Column('boolean', { default: true }) isOpen!: boolean;
  @CreateDateColumn() createdAt!: Date;
  @UpdateDateColumn() updatedAt!: Date;
  @OneToMany(() => Member, ({ organization }) => organization) members!: Member[];
}

@Entity('members')
class Member {
  @PrimaryGeneratedColumn() id!: number;
  @ManyToOne(() => Organization, ({ members }) => members, { onDelete: 'CASCADE' })
  organization!: Organization;
}

class AddVat1700000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE "vats" ("id" integer PRIMARY KEY)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "vats"');
  }
}

const HOSTS = [Organization, Member];

describe("H4 a host's own DataSource on better-sqlite3", () => {
  let database: string;

  beforeAll(() => {
    bindHost({ tenant: Organization });
  });
  afterAll(unbindHost);

  beforeEach(async () => {
    database = join(newFolder('better-sqlite3'), 'app.sqlite');
    // As the host has it: tables that TypeORM's own driver made, with rows, and a migration that ran.
    const before = await stock({ entities: HOSTS, synchronize: true }).initialize();
    const organizations = before.getRepository(Organization);
    for (const name of ['acme', 'Apex', 'zenith']) {
      await organizations.save({ name, vat: name === 'acme' ? null : name, settings: { a: 1 } });
    }
    await before.destroy();
    const migrated = await stock({ migrations: [AddVat1700000000000] }).initialize();
    await migrated.runMigrations();
    await migrated.destroy();
  });

  const stock = (options: object = {}): DataSource =>
    new DataSource({ type: 'better-sqlite3', database, ...options });

  const withBilling = (options: object = {}): DataSource =>
    stock({
      entities: [...HOSTS, ...tenantBilling.entities],
      migrations: [AddVat1700000000000, ...tenantBilling.migrations.sqlite],
      ...options,
    });

  const open = (options: object = {}): Promise<DataSource> =>
    opened(adaptSqlite(withBilling(options)));

  /** By the package itself, beside TypeORM. */
  const sql = (text: string): Record<string, unknown>[] => {
    const file = new BetterSqlite3(database);
    try {
      return file.prepare(text).all();
    } finally {
      file.close();
    }
  };

  const master = (): unknown =>
    sql(`SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name`);

  it('H4 holds both, and its tables, rows and queries stay as they are', async () => {
    const [tables, rows] = [master(), sql('SELECT * FROM organizations ORDER BY id')];
    const dataSource = await open();
    expect((await migrate(dataSource)).map(({ name }) => name)).toEqual([
      'CreateTenantBilling1795169269545',
    ]);
    expect((await status(dataSource)).map(({ state }) => state)).toEqual(['applied', 'applied']);
    expect(await check(dataSource)).toEqual([]);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    expect(master()).toEqual(expect.arrayContaining(tables as unknown[]));

    await revert(dataSource);
    expect(master()).toEqual(tables);
    expect(sql('SELECT * FROM organizations ORDER BY id')).toEqual(rows);
  });

  it("H4 joins billing's rows with the host's, and deletes them with it", async () => {
    const dataSource = await open();
    await migrate(dataSource);
    const { manager } = dataSource;
    const acme = await manager.findOneByOrFail(Organization, { name: 'acme' });
    const plan = await manager.save(manager.create(Plan, { name: 'Pro', priceMonthly: 1900 }));
    await manager.save(manager.create(Subscription, { tenantId: acme.id, planId: plan.id }));
    const found = await manager.findOneOrFail(Subscription, {
      where: { tenant: { id: acme.id } },
      relations: { tenant: true, plan: true },
    });
    expect(found.tenant).toEqual(acme);
    expect(found.plan?.priceMonthly).toBe(1900);
    expect(found.createdAt).toBeInstanceOf(Date);
    await expect(manager.insert(Plan, { name: '' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    const bad = dataSource.query(`UPDATE plans SET price_monthly = 1.5`);
    expect(toBillingError(await bad.catch((error: unknown) => error))).toMatchObject({
      code: 'CHECK_VIOLATION',
    });

    await manager.delete(Organization, acme.id);
    expect(sql('SELECT * FROM subscriptions')).toEqual([]);
    expect(sql('SELECT name FROM plans')).toEqual([{ name: 'Pro' }]);
  });

  it("H4 queries on the host's entities are TypeORM's, and on billing's those of Postgres", async () => {
    const asked = async (dataSource: DataSource): Promise<unknown> => {
      const organizations = dataSource.getRepository(Organization);
      const names = (all: Organization[]): string[] => all.map(({ name }) => name);
      await organizations.upsert({ id: 'x', name: 'upserted' }, ['id']);
      return [
        names(await organizations.find({ where: { name: Like('a%') }, order: { name: 'ASC' } })),
        names(await organizations.find({ where: { name: ILike('A%') }, order: { name: 'ASC' } })),
        names(await organizations.find({ order: { vat: 'ASC', name: 'ASC' } })),
        names(await organizations.createQueryBuilder('o').orderBy('o.vat', 'DESC').getMany()),
        await organizations.update({ name: Like('ACM%') }, { size: 'large' }),
        await organizations.delete({ name: Like('UPS%') }),
        await dataSource.query('SELECT name FROM organizations ORDER BY name'),
        await dataSource.query('INSERT OR REPLACE INTO vats VALUES (7)'),
        await dataSource.query('PRAGMA foreign_keys'),
      ];
    };
    const before = await stock({ entities: HOSTS }).initialize();
    const expected = await asked(before);
    await before.destroy();
    const dataSource = await open();
    expect(await asked(dataSource)).toEqual(expected);

    await migrate(dataSource);
    const plans = dataSource.getRepository(Plan);
    await plans.save([plans.create({ name: 'pro' }), plans.create({ name: 'Pro' })]);
    expect((await plans.findBy({ name: Like('p%') })).map(({ name }) => name)).toEqual(['pro']);
  });

  it('H4 migrates once, however many do it at once, by runMigrations() too', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open()));
    const applied = await Promise.all(
      all.map((one, index) => (index % 2 ? migrate(one) : one.runMigrations())),
    );
    expect(applied.flat().map(({ name }) => name)).toEqual(['CreateTenantBilling1795169269545']);
    await all[0]?.undoLastMigration();
    expect(sql(`SELECT name FROM sqlite_master WHERE name = 'plans'`)).toEqual([]);
  });

  it('H4 each transaction is its own, and foreign keys hold', async () => {
    const dataSource = await open();
    await migrate(dataSource);
    const plans = dataSource.getRepository(Plan);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        dataSource.transaction(async (manager) => {
          await manager.save(manager.create(Plan, { name: `Plan ${index}` }));
          await manager.update(Organization, { name: 'acme' }, { vat: `${index}` });
          if (index % 2) throw new Error('taken back');
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect((await plans.find({ order: { name: 'ASC' } })).map(({ name }) => name)).toEqual(
      [0, 2, 4, 6, 8].map((index) => `Plan ${index}`),
    );
    const insert = plans.manager.query(`INSERT INTO members ("organizationId") VALUES ('nobody')`);
    await expect(insert).rejects.toThrow('FOREIGN KEY constraint failed');
  });

  it('H4 every connection is prepared as the options say', async () => {
    const dataSource = await open({
      prepareDatabase: (file: File) => {
        file.function('answer', () => 42);
      },
      fileMustExist: true,
    });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        dataSource.transaction((manager) => manager.query<unknown[]>('SELECT answer() AS answer')),
      ),
    );
    expect(answers).toEqual(Array(4).fill([{ answer: 42 }]));
    const elsewhere = `${database}.not-there`;
    const missing = adaptSqlite(withBilling({ database: elsewhere, fileMustExist: true }));
    await expect(missing.initialize()).rejects.toThrow('unable to open database file');
  });

  it('H4 is refused in words without the call, and where the call can not help', async () => {
    await expect(withBilling().initialize()).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringMatching(/can't hold Plan.*: call adaptSqlite\(/) as string,
    });
    const refused = (dataSource: DataSource): (() => void) => {
      closeAfterwards(() => (dataSource.isInitialized ? dataSource.destroy() : undefined));
      return () => adaptSqlite(dataSource);
    };
    expect(refused(withBilling({ readonly: true }))).toThrow(
      /option readonly: leave the option out/,
    );
    expect(refused(await stock().initialize())).toThrow(/initialised already: call it between/);
    expect(refused(new DataSource({ type: 'postgres' }))).toThrow(/type "postgres": give it one/);
    const twice = adaptSqlite(withBilling());
    const { driver } = twice;
    expect(adaptSqlite(twice).driver).toBe(driver);
  });

  it('H4 a second DataSource on the same file and package has migrations of its own', async () => {
    const host = await opened(stock({ entities: HOSTS, migrations: [AddVat1700000000000] }));
    const billing = await opened(
      new SqliteDataSource({
        database,
        driver: BetterSqlite3,
        entities: [...HOSTS, ...tenantBilling.entities],
        migrations: tenantBilling.migrations.sqlite,
        migrationsTableName: 'billing_migrations',
      }),
    );
    await migrate(billing);
    const plans = billing.getRepository(Plan);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await host.getRepository(Organization).save({ name: `Host ${index}` });
        await plans.save(plans.create({ name: `Plan ${index}` }));
      }),
    );
    expect(sql("SELECT count(*) AS n FROM organizations WHERE name LIKE 'Host%'")).toEqual([
      { n: 20 },
    ]);
    expect(sql('SELECT count(*) AS n FROM plans')).toEqual([{ n: 20 }]);
    await host.undoLastMigration();
    expect(await check(billing)).toEqual([]);
    await revert(billing, { discard: true });
    expect(sql(`SELECT name FROM sqlite_master WHERE name IN ('plans', 'vats')`)).toEqual([]);
    expect(() => new SqliteDataSource({ database, driver: 'better-sqlite3' })).toThrow(
      /The option driver of a SqliteDataSource is "better-sqlite3", not the package/,
    );
  });
});
