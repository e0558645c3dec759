import { doctor, type DoctorReport, type Finding } from '../../src';
import { openBilling } from '../support/data-source';
import type { TestDatabase, TestEngine } from '../support/engines';
import type { DataSource } from 'typeorm';

/** Something that somebody did to billing's tables, and what is found. */
export interface Defect {
  readonly title: string;
  readonly spoil: readonly string[];
  /** `kind problem table name`, in any order. */
  readonly finds: readonly string[];
  /** Whose it is, if not billing's. */
  readonly owner?: 'host';
  /** What a person does where no statement can. */
  readonly remedy?: readonly string[];
  /** What can't be looked at before it is put right. */
  readonly hides?: readonly string[];
  /** What else it changes: no other defect of the same round does. */
  readonly touches?: readonly string[];
}

/** Defects that don't meet, so that one database can have them all: what each finds is its own. */
export function roundsOf(defects: readonly Defect[]): Defect[][] {
  const rounds: Defect[][] = [];
  const things = ({ finds, touches = [] }: Defect): string[] => [
    ...finds.map((find) => find.split(' ').slice(-2).join(' ')),
    ...touches,
  ];
  const meet = (one: Defect, other: Defect): boolean =>
    things(one).some((thing) =>
      things(other).some(
        (another) =>
          thing === another ||
          // A table stands for all that is on it.
          [`${thing} `, ` ${thing} `].some((start) => ` ${another} `.startsWith(start)) ||
          [`${another} `, ` ${another} `].some((start) => ` ${thing} `.startsWith(start)),
      ),
    );
  for (const defect of defects) {
    const round = rounds.find((others) => others.every((other) => !meet(defect, other)));
    if (round === undefined) rounds.push([defect]);
    else round.push(defect);
  }
  return rounds;
}

export const titleOf = ({ kind, problem, table = '', name }: Finding): string =>
  `${kind} ${problem} ${table} ${name}`;

export const HEALTHY: DoctorReport = {
  ...{ healthy: true, findings: [], hosts: [], unchecked: [], differences: [] },
};

interface Spoilt {
  readonly database: TestDatabase;
  readonly dataSource: DataSource;
  readonly report: DoctorReport;
}

/** A database with all defects of a round, and what the doctor says of it. */
export async function spoilt(
  createDatabase: TestEngine['createDatabase'],
  round: readonly Defect[],
  spoil: (database: TestDatabase) => Promise<void> = () => Promise.resolve(),
): Promise<Spoilt> {
  const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
  await spoil(database);
  for (const sql of round.flatMap(({ spoil }) => spoil)) await database.exec(sql);
  return { database, dataSource, report: await doctor(dataSource) };
}

/** Each defect is found, and nothing else; then the statements put all of it right. */
export async function findsAndPutsRight(
  createDatabase: TestEngine['createDatabase'],
  round: readonly Defect[],
  {
    canTry = true,
    spoil,
  }: { canTry?: boolean; spoil?: (database: TestDatabase) => Promise<void> } = {},
): Promise<void> {
  const { database, dataSource, report } = await spoilt(createDatabase, round, spoil);
  const { findings, unchecked, healthy } = report;
  expect(findings.map(titleOf).sort()).toEqual(round.flatMap(({ finds }) => finds).sort());
  expect(unchecked.map(({ object }) => object)).toEqual(round.flatMap(({ hides = [] }) => hides));
  expect(healthy).toBe(false);
  for (const finding of findings) {
    const defect = round.find(({ finds }) => finds.includes(titleOf(finding)))!;
    const { owner, tried, reason, sql, is, shouldBe } = finding;
    expect({ is, owner }).toEqual({ is, owner: defect.owner ?? 'billing' });
    expect(is).not.toBe(shouldBe);
    if (defect.remedy !== undefined) continue;
    expect({ is, sql, tried, reason }).toMatchObject({ tried: canTry ? 'works' : 'not tried' });
    expect(sql).not.toEqual([]);
  }
  const byHand = round.flatMap(({ remedy = [] }) => remedy);
  for (const sql of byHand) await database.exec(sql);
  const done = round.filter(({ remedy }) => remedy !== undefined).flatMap(({ finds }) => finds);
  const statements = findings
    .filter((one) => !done.includes(titleOf(one)))
    .flatMap(({ sql }) => sql);
  for (const sql of statements) await database.exec(sql);
  // A session keeps the settings of the database that it began with.
  await dataSource.destroy();
  await dataSource.initialize();
  expect(await doctor(dataSource)).toEqual(HEALTHY);
}
