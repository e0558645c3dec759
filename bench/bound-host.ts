import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Entity, PrimaryColumn } from 'typeorm';
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

/** Of each kind. A process is a few percent faster or slower than another one for as long as it lives. */
const PROCESSES = 3;

/** Turns of each process before the first that counts: until then its code is still being compiled. */
const WARMING = 5;

/** Milliseconds per call: on the clock, and of the process's own CPU time, which other work hardly changes. */
interface Cost {
  readonly clock: number;
  readonly cpu: number;
}

interface Sample {
  readonly save: Cost;
  readonly find: Cost;
}

const KINDS = ['stand-in', 'bound class'] as const;

/**
 * Saves and finds of subscriptions with a bound host, beside the same with the stand-in, which has the
 * same columns. A process binds once, so that each has its own. They take turns, A B, B A.
 */
async function measure(open: () => Promise<Databases>, rounds: number): Promise<string> {
  const databases = await open();
  const children: ChildProcess[] = [];
  try {
    const urls = await databases.create(KINDS.length * PROCESSES);
    const start = async (name: string): Promise<ChildProcess> => {
      const child = fork(__filename, [name, databases.engine, urls.pop() ?? '']);
      children.push(child);
      await once(child, 'message');
      return child;
    };
    const contestants = KINDS.map((name) => ({ name, processes: [] as ChildProcess[] }));
    for (let number = 0; number < PROCESSES; number += 1) {
      for (const { name, processes } of contestants) processes.push(await start(name));
    }
    const results = await inTurns(
      contestants.map(({ name, processes }) => ({
        name,
        async measure(round: number): Promise<Sample> {
          const child = processes[round % PROCESSES];
          if (child === undefined) throw new Error('There is no such process.');
          child.send(round);
          const [sample] = (await once(child, 'message')) as [Sample];
          return sample;
        },
      })),
      rounds,
      { alternating: true },
    );
    const rows = (heading: string, pick: (one: Sample) => Cost): string[][] => {
      const base = (results[0]?.samples ?? []).map(pick);
      return [
        [heading, 'ms', 'quartiles', 'ratio', 'CPU ms', 'ratio'],
        ...results.map(({ name, samples }) => {
          const costs = samples.map(pick);
          const cells = (kind: keyof Cost): { values: number[]; beside: string } => {
            const values = costs.map((one) => one[kind]);
            // Of each round, since the machine is not equally busy in all of them.
            const ratios = values.map((value, round) => value / (base[round]?.[kind] ?? NaN));
            return { values, beside: ratio(median(ratios), 1) };
          };
          const [clock, cpu] = [cells('clock'), cells('cpu')];
          const quartiles = [0.25, 0.75].map((share) => quantile(clock.values, share).toFixed(2));
          return [
            ...[name, median(clock.values).toFixed(2), quartiles.join('–'), clock.beside],
            ...[median(cpu.values).toFixed(2), cpu.beside],
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
  const turn = async (): Promise<Sample> => {
    const save = await costOf(ROWS, (number) =>
      manager.save(manager.create(Subscription, { tenantId: idOf(number), planId: plan.id })),
    );
    const find = await costOf(FINDS, async (number) => {
      const found = await manager.findOneOrFail(Subscription, {
        where: { tenantId: idOf(number) },
        relations: { tenant: true, plan: true },
      });
      if (!(found.tenant instanceof target)) throw new Error('The tenant is of another class.');
    });
    await dataSource.query('DELETE FROM subscriptions');
    return { save, find };
  };
  for (let number = 0; number < WARMING; number += 1) await turn();
  process.on('message', () => {
    void turn().then((sample) => process.send?.(sample));
  });
  process.send?.('ready');
}

async function costOf(count: number, work: (number: number) => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let number = 0; number < count; number += 1) await work(number);
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { clock: clock / count, cpu: (user + system) / 1000 / count };
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
