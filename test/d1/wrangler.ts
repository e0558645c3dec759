import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { installPackage, linkPackages } from '../package/packed-project';
import { run, type Run } from '../support/run';
import { newFolder } from '../support/test-run';

/** Runs wrangler in `cwd`, as a script of that project would, and without asking anything. */
export function wrangler(
  words: readonly string[],
  cwd: string,
  env: Record<string, string | undefined> = {},
): Promise<Run> {
  return run([WRANGLER, ...words], { cwd, env: { ...WRANGLER_ENV, ...env } });
}

export const WRANGLER = join(__dirname, '../../node_modules/wrangler/bin/wrangler.js');

/** What keeps wrangler from asking, from telling, and from colours. */
export const WRANGLER_ENV = {
  CI: 'true',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  WRANGLER_SEND_METRICS: 'false',
};

/** A copy of a fixture, with the packed package installed and others linked. */
export async function copyProject(source: string, packages: readonly string[]): Promise<string> {
  const folder = newFolder('worker');
  await fillProject(folder, source, packages);
  return folder;
}

/** The same, in a folder that is there. */
export async function fillProject(
  folder: string,
  source: string,
  packages: readonly string[],
): Promise<void> {
  cpSync(source, folder, { recursive: true });
  linkPackages(folder, packages);
  await installPackage(folder);
}

/** Where {@link bundle} leaves a Worker in its project, if it is given no further words. */
export const BUNDLED = 'bundled';

/** Bundles a Worker as `wrangler deploy` does, with these words more. */
export async function bundle(project: string, ...words: string[]): Promise<string> {
  const out = words.length === 0 ? BUNDLED : 'bundled-otherwise';
  const { exitCode, stdout, stderr } = await wrangler(
    ['deploy', '--dry-run', '--outdir', out, ...words],
    project,
  );
  if (exitCode !== 0) throw new Error(`The Worker can't be bundled:\n${stdout}${stderr}`);
  return join(project, out);
}

/** Runs a bundled Worker in workerd, with a D1 database of its own as `DB`. */
export function startWorker(bundled: string, script: string): Miniflare {
  return new Miniflare({
    modules: [
      { type: 'ESModule', path: script, contents: readFileSync(join(bundled, script), 'utf8') },
    ],
    compatibilityDate: '2026-04-01',
    compatibilityFlags: ['nodejs_compat'],
    d1Databases: { DB: 'test' },
  });
}
