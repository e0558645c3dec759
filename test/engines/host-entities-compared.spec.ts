import {
  Check,
  Column,
  CreateDateColumn,
  DataSource,
  Entity,
  type EntityTarget,
  Index,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  type ObjectLiteral,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { migrate, SqliteDataSource, tenantBilling } from '../../src';
import { D1DataSource } from '../../src/d1';
import { opened } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

const ID = '00000000-0000-4000-8000-000000000001';

@Entity('tenants')
class Organization {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('varchar') name!: string;
  @CreateDateColumn({ type: 'datetime' }) createdAt!: Date;
}

@Entity('tenants')
class OrganizationWithCity {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column('varchar') name!: string;
  @CreateDateColumn({ type: 'datetime' }) createdAt!: Date;
  @Column('varchar', { nullable: true }) homeCity!: string | null;
  @Column('varchar', { length: 2, default: 'de' }) land!: string;
}

@Entity('members')
@Unique('members_place', ['shelf', 'slot'])
@Check('members_slot', '"slot" > 0')
@Index('members_open', ['shelf'], { where: '"slot" > 3' })
class Member {
  @PrimaryGeneratedColumn('increment') id!: number;
  @Column('varchar', { length: 40, unique: true }) code!: string;
  @Column('text') shelf!: string;
  @Column('integer', { default: 1 }) slot!: number;
  @Column('boolean', { default: true }) isOpen!: boolean;
  @Column('simple-enum', { enum: ['a', 'b'], default: 'a' }) kind!: string;
  @Column('decimal', { precision: 10, scale: 2, default: 1.5 }) price!: number;
  @Column('simple-json', { nullable: true, default: '{"a":1}' }) layout!: object | null;
  @ManyToOne(() => Organization, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'tenantId' })
  tenant!: Organization;
  @ManyToMany(() => Organization)
  @JoinTable()
  friends!: Organization[];
}

@Entity('counters')
class Counter {
  @PrimaryGeneratedColumn('increment') id!: number;
  @Column('integer') one!: number;
  @Column({ type: 'integer', asExpression: '"one" * 2', generatedType: 'STORED' }) two!: number;
}

@Entity('notes')
class Note {
  @PrimaryColumn('text') id!: string;
  @Column('integer', { default: 1 }) size!: number;
  @Column('boolean', { default: true }) isOpen!: boolean;
  @Column('text', { unique: true, default: 'x' }) title!: string;
  @CreateDateColumn({ type: 'datetime' }) createdAt!: Date;
}

/** Word for word what better-sqlite3 12.11.1 has after `synchronize()` by TypeORM 1.1.1's own driver. */
const BY_TYPEORM = [
  `CREATE TABLE "tenants" ("id" varchar PRIMARY KEY NOT NULL, "name" varchar NOT NULL, "createdAt" datetime NOT NULL DEFAULT (datetime('now')))`,
  `CREATE TABLE "members" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "code" varchar(40) NOT NULL, "shelf" text NOT NULL, "slot" integer NOT NULL DEFAULT (1), "isOpen" boolean NOT NULL DEFAULT (1), "kind" varchar CHECK( "kind" IN ('a','b') ) NOT NULL DEFAULT ('a'), "price" decimal(10,2) NOT NULL DEFAULT (1.5), "layout" text DEFAULT ('{"a":1}'), "tenantId" varchar NOT NULL, CONSTRAINT "UQ_MEMBERS_CODE" UNIQUE ("code"), CONSTRAINT "members_place" UNIQUE ("shelf", "slot"), CONSTRAINT "members_slot" CHECK ("slot" > 0), CONSTRAINT "FK_TENANT" FOREIGN KEY ("tenantId") REFERENCES "tenants" ("id") ON DELETE CASCADE ON UPDATE NO ACTION)`,
  `CREATE INDEX "members_open" ON "members" ("shelf") WHERE "slot" > 3`,
  `CREATE TABLE "members_friends_tenants" ("membersId" integer NOT NULL, "tenantsId" varchar NOT NULL, CONSTRAINT "FK_A" FOREIGN KEY ("membersId") REFERENCES "members" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "FK_B" FOREIGN KEY ("tenantsId") REFERENCES "tenants" ("id") ON DELETE CASCADE ON UPDATE CASCADE, PRIMARY KEY ("membersId", "tenantsId"))`,
];

const TENANTS = BY_TYPEORM.slice(0, 1);

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  "B3 a host's own entities beside billing's, on $name",
  ({ transactions, createDatabase }) => {
    let database: TestDatabase;

    beforeEach(async () => {
      database = await createDatabase({ host: 'none' });
    });

    const open = (entities: EntityTarget<ObjectLiteral>[]): Promise<DataSource> => {
      const { binding, url } = database;
      const options = {
        entities: entities as never[],
        migrations: [...tenantBilling.migrations.sqlite],
      };
      return opened<DataSource>(
        binding
          ? new D1DataSource({ ...options, database: binding })
          : new SqliteDataSource({ ...options, database: url.slice('sqlite:'.length) }),
      );
    };

    const generated = async (dataSource: DataSource): Promise<string[]> =>
      (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);

    const master = (): Promise<unknown[]> =>
      database.sql(
        `SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY 1`,
      );

    it('B3 nothing is generated for tables that TypeORM made, and synchronize() leaves them', async () => {
      for (const sql of BY_TYPEORM) await database.sql(sql);
      const dataSource = await open([Organization, Member, ...tenantBilling.entities]);
      await migrate(dataSource);
      const before = await master();
      // The names of the join table's indexes are hashes of TypeORM's: they alone are missing.
      const missing = await generated(dataSource);
      expect(missing).toHaveLength(2);
      for (const sql of missing) expect(sql).toMatch(/^CREATE INDEX .* "members_friends_tenants"/);
      await dataSource.synchronize();
      expect(await master()).toEqual(expect.arrayContaining(before));
      expect(await generated(dataSource)).toEqual([]);
    });

    it.each([
      `CREATE TABLE notes (id text not null primary key, size int not null default 1, isOpen boolean not null default true, title text not null unique default 'x', createdAt datetime not null default current_timestamp)`,
      "CREATE TABLE `notes` (`id` TEXT NOT NULL, `size` integer NOT NULL DEFAULT (1), `isOpen` boolean NOT NULL DEFAULT 1, `title` text NOT NULL DEFAULT ('x'), `createdAt` datetime NOT NULL DEFAULT (datetime('now')), CONSTRAINT pk PRIMARY KEY (`id`), UNIQUE (`title`))",
      `create table [notes] ([id] text not null constraint k primary key, [size] integer not null default +1, [isOpen] boolean not null default (true), [title] text not null default 'x' constraint u unique, [createdAt] datetime not null default (strftime('%Y-%m-%d %H:%M:%f', 'now')))`,
    ])('B3 another spelling is no difference: %s', async (sql) => {
      await database.sql(sql);
      const dataSource = await open([Note]);
      expect(await generated(dataSource)).toEqual([]);
      await database.sql('ALTER TABLE notes ADD COLUMN extra text');
      expect(await generated(dataSource)).not.toEqual([]);
    });

    it('B3 a default with another value is a difference', async () => {
      await database.sql(
        `CREATE TABLE notes (id text not null primary key, size int not null default 2, isOpen boolean not null default true, title text not null unique default 'x', createdAt datetime not null default current_timestamp)`,
      );
      await database.sql(`INSERT INTO notes (id) VALUES ('n')`);
      const dataSource = await open([Note]);
      await dataSource.synchronize();
      await database.sql(`INSERT INTO notes (id, title) VALUES ('o', 'o')`);
      expect(await database.sql('SELECT id, size FROM notes ORDER BY id')).toEqual([
        { id: 'n', size: 2 },
        { id: 'o', size: 1 },
      ]);
      expect(await generated(dataSource)).toEqual([]);
    });

    it("B3 U7 a change of the host's keeps billing's rows, what the host added, and the letters of names", async () => {
      for (const sql of TENANTS) await database.sql(sql);
      const entities = [...tenantBilling.entities];
      await migrate(await open([Organization, ...entities]));
      await database.sql(`INSERT INTO tenants (id, name) VALUES ('${ID}', 'one')`);
      await database.sql(`INSERT INTO tenant_config (id, tenant_id) VALUES ('${ID}', '${ID}')`);
      await database.sql('CREATE INDEX "hostNotes" ON tenant_config (created_at, id)');
      await database.sql('ALTER TABLE tenant_config ADD COLUMN "hostColumn" text');
      const dataSource = await open([OrganizationWithCity, ...entities]);
      const statements = (await generated(dataSource)).join('\n');
      expect(statements).toContain('"homeCity"');
      expect(statements).toContain('"createdAt"');
      expect(statements).not.toContain('"homecity"');
      await dataSource.synchronize();
      expect(await database.sql('SELECT id, name, homeCity, land FROM tenants')).toEqual([
        { id: ID, name: 'one', homeCity: null, land: 'de' },
      ]);
      expect(await database.sql('SELECT id, "hostColumn" FROM tenant_config')).toEqual([
        { id: ID, hostColumn: null },
      ]);
      expect(await master()).toContainEqual(expect.objectContaining({ name: 'hostNotes' }));
      expect(await database.sql('PRAGMA foreign_key_check')).toEqual([]);
      expect(await generated(dataSource)).toEqual([]);
    });

    // synchronize() of generated columns reads the schema after it has changed it: not on D1.
    if (transactions === 'interactive') {
      it('B3 new tables are made once, up and down, generated columns and all', async () => {
        const dataSource = await open([Organization, Member, Counter, Note]);
        await dataSource.synchronize();
        expect(await generated(dataSource)).toEqual([]);
        await database.sql('INSERT INTO counters (one) VALUES (4)');
        expect(await database.sql('SELECT two FROM counters')).toEqual([{ two: 8 }]);
      });
    }
  },
);
