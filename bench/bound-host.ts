import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bindHost, migrate, Plan, Subscription, Tenant, tenantBilling } from '../src';
import { PostgresDataSource } from '../src/data-sources/postgres';
import { SqliteDataSource } from '../src/data-sources/sqlite';
import { postgresOpening } from '../src/engines/postgres/opening';
import { postgresDatabases, sqliteDatabases, type Databases } from './lib/databases';
import { ratio, table } from './lib/markdown';
import { inTurns, median, quantile } from './lib/rounds';

/** Saves and finds in a turn. */
const ROWS = 100;
const FINDS = 100;

interface Sample {
  readonly save: number;
  readonly find: number;
}

const KINDS = ['stand-in', 'bound class'] as const;

/**
 * Saves and finds of subscriptions with a bound host, beside the same with the stand-in. A process binds
 * once, so that each has its own, and they take turns.
 */
async function measure(open: () => Promise<Databases>, rounds: number): Promise<string> {
  const databases = await open();
  const children: ChildProcess[] = [];
  try {
    const urls = await databases.create(KINDS.length);
    const contestants = [];
    for (const [index, name] of KINDS.entries()) {
      const child = fork(__filename, [name, databases.engine, urls[index] ?? '']);
      children.push(child);
      await once(child, 'message');
      contestants.push({
        name,
        measure: async (round: number): Promise<Sample> => {
          child.send(round);
          const [sample] = (await once(child, 'message')) as [Sample];
          return sample;
        },
      });
    }
    const results = await inTurns(contestants, rounds);
    const rows = (heading: string, pick: (one: Sample) => number): string[][] => {
      const base = median((results[0]?.samples ?? []).map(pick));
      return [
        [heading, 'median ms', 'quartiles', 'ratio'],
        ...results.map(({ name, samples }) => {
          const values = samples.map(pick);
          const quartiles = [0.25, 0.75].map((share) => quantile(values, share).toFixed(3));
          return [
            name,
            median(values).toFixed(3),
            quartiles.join('–'),
            ratio(median(values), base),
          ];
        }),
      ];
    };
    return [
      table(rows('save', ({ save }) => save)),
      table(rows('find with its tenant and plan', ({ find }) => find)),
    ].join('\n\n');
  } finally {
    for (const child of children) child.kill();
    await databases.close();
  }
}

export async function measureBoundHost(rounds: number): Promise<string[]> {
  return [
    '## A bound host beside the stand-in, on SQLite',
    await measure(sqliteDatabases, rounds),
    '## A bound host beside the stand-in, on Postgres',
    await measure(postgresDatabases, rounds),
  ];
}

/** One contestant, which measures whenever it is told to. */
async function contestant(kind: string, engine: string, url: string): Promise<void> {
  class Organization {
    id!: string;
  }
  PrimaryColumn('uuid')(Organization.prototype, 'id');
  Column('text')(Organization.prototype, 'name');
  Entity('tenants')(Organization);
  const isBound = kind === 'bound class';
  if (isBound) bindHost({ tenant: Organization });
  const options = {
    entities: [...(isBound ? [Organization] : []), ...tenantBilling.entities],
    migrations: tenantBilling.migrations[engine === 'postgres' ? 'postgres' : 'sqlite'],
  };
  const dataSource =
    engine === 'postgres'
      ? new PostgresDataSource({ ...options, ...postgresOpening.options(url), type: 'postgres' })
      : new SqliteDataSource({ ...options, database: url.replace(/^sqlite:/, '') });
  await dataSource.initialize();
  await migrate(dataSource);
  const { manager } = dataSource;
  const plan = await manager.save(manager.create(Plan, { name: 'Pro', priceMonthly: 1900 }));
  const idOf = (number: number): string =>
    `0198c0de-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
  for (let number = 0; number < ROWS; number += 1) {
    await dataSource.query(
      `INSERT INTO tenants (id, name, slug) VALUES ('${idOf(number)}', 'Acme', '${number}')`,
    );
  }
  const target = isBound ? Organization : Tenant;
  process.on('message', () => {
    void (async () => {
      const start = performance.now();
      for (let number = 0; number < ROWS; number += 1) {
        await manager.save(
          manager.create(Subscription, { tenantId: idOf(number), planId: plan.id }),
        );
      }
      const half = performance.now();
      for (let number = 0; number < FINDS; number += 1) {
        const found = await manager.findOneOrFail(Subscription, {
          where: { tenantId: idOf(number) },
          relations: { tenant: true, plan: true },
        });
        if (!(found.tenant instanceof target)) throw new Error('The tenant is of another class.');
      }
      const end = performance.now();
      await dataSource.query('DELETE FROM subscriptions');
      process.send?.({ save: (half - start) / ROWS, find: (end - half) / FINDS });
    })();
  });
  process.send?.('ready');
}

async function main(): Promise<void> {
  const [kind = '', engine = '', url = ''] = process.argv.slice(2);
  if (process.send !== undefined) await contestant(kind, engine, url);
  else console.log((await measureBoundHost(Number(process.argv[2] ?? 15))).join('\n\n'));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
