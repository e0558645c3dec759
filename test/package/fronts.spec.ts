import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  createSourceFile,
  isExportDeclaration,
  isImportDeclaration,
  isNamedExports,
  ScriptTarget,
} from 'typescript';

const SRC = resolve(__dirname, '../../src');

describe('C4 U3 the two front doors', () => {
  it('C4 U3 export the same, but for what needs Node or a D1 binding', () => {
    const [main, worker] = [exportsOf('index.ts'), exportsOf('d1.ts')];
    expect(main.size).toBeGreaterThan(30);
    expect([...main].filter((name) => !worker.has(name)).sort()).toEqual(
      [
        // Open a file, by the package sqlite3 or better-sqlite3.
        'adaptSqlite',
        'SqliteDataSource',
        'SqliteDataSourceOptions',
        // Write to a folder.
        'AddOptions',
        'AddedMigrations',
        'addMigrations',
        'SqlFileOptions',
        'SqlFiles',
        'writeSqlFiles',
        // Reads more of a database than a Worker has to carry.
        ...['doctor', 'DoctorOptions', 'DoctorReport', 'Finding'],
        // Write to a folder and read from it.
        ...[
          'BackupColumn',
          'BackupHost',
          'BackupManifest',
          'BackupOptions',
          'BackupTable',
          'backup',
        ],
        ...['OnProgress', 'Orphans', 'Progress', 'Restored', 'RestoreOptions', 'RestoreRefusal'],
        ...['restore', 'ValueKind'],
      ].sort(),
    );
    expect([...worker].filter((name) => !main.has(name)).sort()).toEqual([
      'D1Binding',
      'D1DataSource',
      'D1DataSourceOptions',
      'D1SessionBinding',
      'D1SessionBookmark',
    ]);
  });
});

/** The names that a front exports, values and types alike; `*` of another file is one name. */
function exportsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(join(SRC, file), 'utf8');
  const names = new Set<string>();
  for (const statement of createSourceFile(file, text, ScriptTarget.ES2022).statements) {
    if (isImportDeclaration(statement)) continue;
    // A front holds nothing of its own.
    if (!isExportDeclaration(statement)) throw new Error(`${file} holds more than exports.`);
    const { exportClause, moduleSpecifier } = statement;
    if (exportClause && isNamedExports(exportClause)) {
      for (const { name } of exportClause.elements) names.add(name.text);
    } else {
      names.add(`* of ${(moduleSpecifier as { text?: string } | undefined)?.text}`);
    }
  }
  return names;
}
