import type { DataSource } from 'typeorm';
import type { EngineName } from '../../engines/engine';
import { engineNamed } from '../../engines/registry';
import type { MigrationDialect } from '../../migrations/billing-tables';
import { recordFor } from '../../migrations/host-binding';
import type { ReversibleMigration } from '../../migrations/reversible-migration';
import { recorded } from '../sql-scripts';
import type { HostStyle } from './host-folder';

/** What a file of the host's is written for. */
export interface Wanted {
  /** Billing's own, which it extends or copies. */
  readonly origin: ReversibleMigration;
  /** The name of the host's migration. */
  readonly name: string;
  readonly engine: EngineName;
  readonly dialect: MigrationDialect;
  /** Whether the SQL is copied. */
  readonly plain: boolean;
  /** Whose names of the host's tables a copy of the SQL has; undefined: those that are bound. */
  readonly dataSource: DataSource | undefined;
}

/** The first line of such a file, which identifies it whatever it is called. */
const firstLine = (origin: string, dialect: string): string =>
  `// typeorm-billing migration ${origin} for ${dialect}`;

const FIRST_LINE = /^\/\/ typeorm-billing migration (?<origin>\w+) for (?<dialect>\w+)\r?$/gm;
/** Where the line is gone: the call, and in a copy the property, which does not name the SQL. */
const CALL = /billingMigration\(\s*['"](?<dialect>\w+)['"],\s*['"](?<origin>\w+)['"]/g;
const PROPERTY = /\bbilling\s*=\s*['"](?<origin>\w+)['"]/g;

/** Which of billing's migrations a file of the host's was written for, and the SQL in it. */
export const writtenFor = (text: string): { origin?: string; dialect?: string }[] =>
  [FIRST_LINE, CALL, PROPERTY].flatMap((form) =>
    [...text.matchAll(form)].map(({ groups }) => groups ?? {}),
  );

/** The text of a file of the host's. */
export async function migrationText(
  wanted: Wanted,
  { extension, modules }: HostStyle,
): Promise<string> {
  const { origin, dialect, plain } = wanted;
  const typed = extension.endsWith('ts');
  const isEsm = typed || modules === 'esm';
  const lines = plain ? await plainLines(wanted, typed) : extendingLines(wanted, typed, isEsm);
  const [head, body] = lines;
  return [
    firstLine(origin.name, dialect),
    ...head,
    `${isEsm ? 'export ' : ''}class ${body[0] ?? ''}`,
    ...body.slice(1),
    '}',
    ...(isEsm ? [] : ['', `module.exports = { ${wanted.name} };`]),
    '',
  ].join('\n');
}

type Lines = readonly [head: readonly string[], body: readonly string[]];

function extendingLines(
  { origin, name, engine, dialect }: Wanted,
  typed: boolean,
  isEsm: boolean,
): Lines {
  const from = engineNamed(engine).frontDoor;
  return [
    [
      isEsm
        ? `import { billingMigration } from '${from}';`
        : `const { billingMigration } = require('${from}');`,
      '',
      `const ${titleOf(origin.name)} = billingMigration('${dialect}', '${origin.name}');`,
      '',
    ],
    [
      `${name} extends ${titleOf(origin.name)} {`,
      `  ${typed ? 'override readonly ' : ''}name = '${name}';`,
    ],
  ];
}

async function plainLines({ origin, name, dataSource }: Wanted, typed: boolean): Promise<Lines> {
  const method = async (which: 'up' | 'down'): Promise<string[]> => {
    const statements = await recorded((queryRunner) =>
      origin[which](dataSource === undefined ? queryRunner : recordFor(queryRunner, dataSource)),
    );
    return [
      '',
      typed
        ? `  async ${which}(queryRunner: QueryRunner): Promise<void> {`
        : `  async ${which}(queryRunner) {`,
      ...statements.map((sql) => `    await queryRunner.query(\`${escaped(sql)}\`);`),
      '  }',
    ];
  };
  const readonly = typed ? 'readonly ' : '';
  return [
    typed ? [`import type { MigrationInterface, QueryRunner } from 'typeorm';`, ''] : [''],
    [
      `${name}${typed ? ' implements MigrationInterface' : ''} {`,
      `  ${readonly}name = '${name}';`,
      `  /** The migration of typeorm-billing that this is a copy of. */`,
      `  ${readonly}billing = '${origin.name}';`,
      ...(await method('up')),
      ...(await method('down')),
    ],
  ];
}

export const titleOf = (name: string): string => name.slice(0, -13);

const escaped = (sql: string): string => sql.replaceAll(/[\\`]|\$(?=\{)/g, '\\$&');
