import { Column, Entity } from 'typeorm';
import { bindHost, check, compare, Plan } from '../../src';
import { openHost } from '../host/open-host';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';
import { unbindHost } from '../support/unbind';

afterEach(unbindHost);

/** The host's class, with a column of each form. */
@Entity()
class OurPlan extends Plan {
  @Column('varchar', { length: 20, nullable: true })
  badge!: string | null;

  @Column('integer', { default: 0 })
  rank!: number;

  @Column('varchar', { length: 9, default: 'a b' })
  tier!: string;

  @Column('boolean', { default: false })
  shown!: boolean;
}

const USUAL = [
  '"badge" varchar(20)',
  '"rank" integer NOT NULL DEFAULT 0',
  `"tier" varchar(9) NOT NULL DEFAULT 'a b'`,
  '"shown" boolean NOT NULL DEFAULT 0',
];

/** Columns in other words, and of each a similar one that means something else. */
const WRITTEN = [
  ['badge varchar(20) NULL', 'badge varchar(21) NULL'],
  ['"badge" VARCHAR (20)', '"badge" VARCHAR (20) COLLATE NOCASE'],
  ['[badge] varchar(20) DEFAULT NULL', `[badge] varchar(20) DEFAULT 'NULL' NOT NULL`],
  ['badge varchar(20) CONSTRAINT optional NULL COLLATE binary', 'badge text'],
  ['rank INT DEFAULT 0 NOT NULL', 'rank INT DEFAULT 1 NOT NULL'],
  ['rank integer DEFAULT (+0) CONSTRAINT required NOT NULL', 'rank integer DEFAULT 0'],
  [
    `tier varchar(9) /* of three */ DEFAULT ('a b') NOT NULL`,
    `tier varchar(9) DEFAULT 'A b' NOT NULL`,
  ],
  ['shown BOOLEAN DEFAULT FALSE NOT NULL', 'shown BOOLEAN DEFAULT TRUE NOT NULL'],
] as const;

const family = engines.filter(({ dialect }) => dialect === 'sqlite');

describe.each(family)("T6 H2 a column of the host's own, written by hand, on $name", (engine) => {
  const open = async (columns: readonly string[]): Promise<string[]> => {
    const database = await engine.createDatabase({ billing: true });
    unbindHost();
    bindHost({ plan: OurPlan });
    for (const column of columns) await database.exec(`ALTER TABLE plans ADD COLUMN ${column}`);
    return check(await openHost(database, []));
  };
  const nameOf = (column: string): string => /\w+/.exec(column)?.[0] ?? '';
  const beside = (column: string): string[] =>
    USUAL.map((one) => (nameOf(one) === nameOf(column) ? column : one));

  it('T6 is no difference if it means the same', async () => {
    expect(await open(USUAL)).toEqual([]);
    const written = new Map<string, string[]>();
    for (const [same] of WRITTEN) {
      written.set(nameOf(same), [...(written.get(nameOf(same)) ?? []), same]);
    }
    // Two databases hold all of them.
    for (const round of [0, 1, 2, 3]) {
      const columns = [...written.values()].map((forms) => forms[round % forms.length] ?? '');
      expect([columns, await open(columns)]).toEqual([columns, []]);
    }
  });

  it.each(WRITTEN.map(([, other]) => other))('T6 is one if it does not: %s', async (other) => {
    expect((await open(beside(other))).join()).toContain(`"${nameOf(other)}"`);
  });
});

describe.each(family)("T6 a default on a column of billing's on $name", (engine) => {
  /** On SQLite a table is made again, while it has no rows. */
  const remade = async (find: string, replace: string): Promise<TestDatabase> => {
    const { database } = await openBilling(engine.createDatabase);
    const [row] = await database.sql<{ sql: string }>(
      `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'plans'`,
    );
    await database.exec('DROP TABLE plans');
    expect(row?.sql).toContain(find);
    await database.exec(row!.sql.replace(find, replace));
    return database;
  };

  it("T6 is the host's where billing has none", async () => {
    const database = await remade(
      '"description" text,',
      `"description" text DEFAULT 'host (a, b)', "extra" text,`,
    );
    const dataSource = await openHost(database, []);
    expect(await compare(dataSource)).toEqual({
      differences: [],
      hosts: [
        expect.objectContaining({ kind: 'column', name: 'extra' }),
        {
          ...{ table: 'plans', kind: 'default', name: 'description' },
          definition: `"description" text DEFAULT 'host (a, b)'`,
        },
      ],
      unchecked: [],
    });
  });

  it('T6 is a difference where billing has another', async () => {
    const database = await remade("DEFAULT 'USD'", `DEFAULT 'EUR'`);
    const { differences, hosts } = await compare(await openHost(database, []));
    expect(hosts).toEqual([]);
    expect(differences.join()).toContain(`DEFAULT 'USD'`);
  });
});
