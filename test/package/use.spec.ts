import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogOf, engineNamed, rowsOf } from '../support/engines';
import { bin, packProject, run, type PackedProject } from './packed-project';

/** On each version of TypeORM, so it needs no engine but SQLite. */
describe('C4 H3 the packed package in a project of a host', () => {
  let packed: PackedProject;

  beforeAll(async () => {
    packed = await packProject();
    cpSync(join(__dirname, 'consumer'), packed.consumer, { recursive: true });
    cpSync(join(packed.consumer, 'use.ts'), join(packed.consumer, 'use.mts'));
  });

  /** Runs a consumer on a database of its own, and proves what it says by plain SQL. */
  async function use(script: string): Promise<void> {
    const database = await engineNamed('sqlite').createDatabase({ host: 'rows' });
    const hostBefore = await catalogOf(database, ['tenants', 'user']);
    const words = [script, database.url.slice('sqlite:'.length)];
    const output = await run(process.execPath, words, packed.consumer);

    const result = JSON.parse(output) as { id: string; left: number };
    expect(result).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      name: 'Pro',
      priceMonthly: 1900,
      createdAt: true,
      refusal: 'VALIDATION_FAILED',
      differences: 0,
      applied: result.left + 1,
      left: (await rowsOf(database, 'migrations')).length,
    });
    expect(await catalogOf(database, ['tenants', 'user'])).toEqual(hostBefore);
    expect(await database.sql('SELECT id, name, price_monthly FROM plans')).toEqual([
      { id: result.id, name: 'Pro', price_monthly: 1900 },
    ]);
  }

  it('C4 H3 is used from CommonJS', async () => {
    await use('use.cjs');
  });

  it('C4 H3 is used from an ES module, by name', async () => {
    await use('use.mjs');
  });

  it('C4 H3 is used from strict TypeScript, compiled to CommonJS and to an ES module', async () => {
    writeFileSync(
      join(packed.consumer, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          module: 'node16',
          types: ['node'],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          noEmitOnError: true,
          rootDir: '.',
          outDir: 'compiled',
        },
        files: ['use.ts', 'use.mts'],
      }),
    );
    await run(bin('tsc'), ['-p', '.'], packed.consumer);
    for (const script of ['use.js', 'use.mjs']) await use(join('compiled', script));
  });
});
