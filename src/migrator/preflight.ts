import type { DataSource, Migration, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { placeOn } from '../migrations/billing-tables';
import { declaredBy } from '../migrations/billing-migration';
import { following, hostProblems, type Following } from './host-check';
import { createsStandIns, standInStatements } from './stand-ins';

/** What is to be run. */
interface Flight {
  readonly dataSource: DataSource;
  readonly engine: Engine;
  /** The migrations whose tables are there already. */
  readonly made?: ReadonlySet<string> | undefined;
  /** Whether migrations of the host's, which may make what billing's need, are pending beside them. */
  readonly mixed: boolean;
}

/**
 * Looks for all that is in the way of pending migrations, before the first statement of any.
 *
 * @throws BillingError the one problem, or `PREFLIGHT_FAILED` with all of them
 */
export async function preflight(
  queryRunner: QueryRunner,
  flight: Flight,
  pending: readonly Migration[],
): Promise<void> {
  const problems = await problemsOf(queryRunner, flight, pending);
  const [first] = problems;
  if (first === undefined) return;
  throw problems.length === 1 ? first : BillingError.preflightFailed(problems);
}

async function problemsOf(
  queryRunner: QueryRunner,
  { dataSource, engine, made, mixed }: Flight,
  pending: readonly Migration[],
): Promise<readonly BillingError[]> {
  const billing = pending.flatMap(({ name, instance }) => {
    const one = declaredBy(instance, engine.dialect);
    return one === undefined || made?.has(name) ? [] : following(one, engine, dataSource);
  });
  if (billing.length === 0) return [];
  const obstacles = await engine.obstacles(queryRunner, {
    references: billing.flatMap(({ references = [] }) => references),
    schemas: [placeOn(engine.dialect, dataSource).schema],
    migrationsTable: dataSource.options.migrationsTableName ?? 'migrations',
  });
  // What the host's migrations make can't be known: each of billing's is checked when its turn comes.
  return mixed
    ? obstacles
    : [...obstacles, ...(await hosts(queryRunner, dataSource, engine, billing))];
}

/** Problems with the host's tables, and with tables that are there already. */
async function hosts(
  queryRunner: QueryRunner,
  dataSource: DataSource,
  engine: Engine,
  billing: readonly Following[],
): Promise<readonly BillingError[]> {
  const makes = await makesStandIns(queryRunner, dataSource, engine);
  const problems: BillingError[] = [];
  for (const migration of billing) {
    for (const problem of await hostProblems(queryRunner, engine, migration)) {
      if (makes && problem.code === 'HOST_TABLE_MISSING') continue;
      // The same key is referenced by several migrations.
      if (problems.some(({ message }) => tailOf(message) === tailOf(problem.message))) continue;
      problems.push(problem);
    }
  }
  return problems;
}

/** Without the name of the migration. */
const tailOf = (message: string): string => message.slice(message.indexOf(' '));

/** Whether the tables that are missing are made first. */
async function makesStandIns(
  queryRunner: QueryRunner,
  dataSource: DataSource,
  engine: Engine,
): Promise<boolean> {
  if (!createsStandIns(dataSource)) return false;
  try {
    await standInStatements(dataSource, engine, queryRunner);
    return true;
  } catch (error) {
    if (error instanceof BillingError) return false;
    throw error;
  }
}
