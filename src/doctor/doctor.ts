import type { DataSource } from 'typeorm';
import type { Engine, HostPart, Unchecked } from '../engines/engine';
import { type Examination, type Found, type HostAddition, inOrder } from '../engines/examination';
import { engineOf } from '../engines/registry';
import '../migrations/families';
import { compare, type Comparison } from '../migrator/check';
import { type Applied, expectedOf, readApplied } from './applied';
import { findBrokenRows } from './broken-rows';
import { entityFindings } from './entities';
import { hostKeyFindings } from './host-keys';
import { copyFindings, migrationFindings } from './migrations';
import type { DoctorOptions, DoctorReport, Finding } from './report';
import { tryStatements } from './trial';

/**
 * Looks for all that is wrong with billing's tables: beside what the applied migrations make on an empty
 * database, and beside the entities. Where a rule is missing or not enforced, it looks for rows that break
 * it. Each finding says whose it is and has the statements that put it right, which are tried in a
 * transaction that is rolled back where the database can do that. Nothing is changed.
 *
 * What the host added is listed, and is no finding. What could not be looked at is in `unchecked`.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if the DataSource has no billing entities
 */
export async function doctor(
  dataSource: DataSource,
  options: DoctorOptions = {},
): Promise<DoctorReport> {
  const engine = engineOf(dataSource);
  const [comparison, { applied, examination, unreadable }] = await both(
    () => compare(dataSource),
    () => examine(dataSource, engine),
    engine.hasOneConnection(dataSource),
  );
  const withoutRows = [
    ...(applied === undefined ? [] : migrationFindings(applied)),
    ...examination.found,
  ];
  const entities = entityFindings(dataSource, engine, comparison.differences, withoutRows, applied);
  const rows = await findBrokenRows(dataSource, engine, examination);
  const found = inOrder([...withoutRows, ...entities, ...rows.found]);
  const tried =
    options.try === false || found.length === 0
      ? found.map((): Pick<Finding, 'tried' | 'reason'> => ({
          tried: 'not tried',
          reason: 'as asked',
        }))
      : await tryStatements(dataSource, engine, found);
  const findings = found.map((one, index) =>
    findingOf(one, tried[index] ?? { tried: 'not tried' }),
  );
  const unchecked = [
    ...comparison.unchecked,
    ...unreadable,
    ...examination.unchecked,
    ...rows.unchecked,
  ];
  return {
    healthy: findings.length + unchecked.length === 0,
    findings,
    hosts: additions(comparison, examination, applied),
    unchecked,
    differences: comparison.differences,
  };
}

/** At once, as most of the time is the database's, unless one connection has to do for both. */
async function both<One, Other>(
  one: () => Promise<One>,
  other: () => Promise<Other>,
  inTurn: boolean,
): Promise<[One, Other]> {
  if (inTurn) return [await one(), await other()];
  // Neither may be left running when the other fails.
  const [first, second] = await Promise.allSettled([one(), other()]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}

interface Examined {
  readonly applied: Applied | undefined;
  readonly examination: Examination;
  readonly unreadable: readonly Unchecked[];
}

async function examine(dataSource: DataSource, engine: Engine): Promise<Examined> {
  const nothing: Examination = { found: [], hosts: [], unchecked: [] };
  let applied: Applied | undefined;
  try {
    applied = await readApplied(dataSource, engine);
    const expected = await expectedOf(dataSource, engine, applied.applied);
    if (expected.unchecked.length > 0) {
      return { applied, examination: nothing, unreadable: expected.unchecked };
    }
    const examination = await engine.examine(expected);
    const found = [
      ...(await hostKeyFindings(dataSource, engine, expected.hosts)),
      ...(await copyFindings(dataSource, engine, applied.applied)),
      ...examination.found,
    ];
    return { applied, examination: { ...examination, found }, unreadable: [] };
  } catch (error) {
    if (!isOfDatabase(error)) throw error;
    const object =
      applied === undefined ? 'the table of applied migrations' : 'what the migrations make';
    return { applied, examination: nothing, unreadable: [{ object, reason: error.message }] };
  }
}

/** Whether the database, or the way to it, is at fault, and not this program. */
const isOfDatabase = (error: unknown): error is Error =>
  error instanceof Error &&
  ![TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);

function findingOf(
  { rows: _rows, reason: _reason, ineffective: _ineffective, table, ...found }: Found,
  tried: Pick<Finding, 'tried' | 'reason'>,
): Finding {
  return { ...found, ...(table !== undefined && { table }), ...tried };
}

/** What both comparisons list. */
function additions(
  { hosts }: Comparison,
  examination: Examination,
  applied: Applied | undefined,
): HostAddition[] {
  const keyOf = ({ table, kind, name }: HostAddition | HostPart): string =>
    JSON.stringify([table, kind, name]);
  const known = new Set(hosts.map(keyOf));
  return [
    ...hosts,
    ...examination.hosts.filter((one) => !known.has(keyOf(one))),
    ...(applied?.hosts ?? []).map((name): HostAddition => ({
      table: 'migrations',
      kind: 'migration',
      name,
      definition: 'recorded',
    })),
  ];
}
