import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ratio, table } from '../lib/markdown';
import { runNode } from '../lib/node-process';
import { benchModule, RESULTS, ROOT, rootModule } from '../lib/paths';

/** One of the Workers, as wrangler bundles it for deployment. */
export interface Bundle {
  readonly name: string;
  readonly script: string;
}

/** In the order in which they take their turns. */
export const NAMES = ['typeorm-billing', 'drizzle-orm', 'bare'] as const;

export const COMPATIBILITY = {
  compatibility_date: '2026-04-01',
  compatibility_flags: ['nodejs_compat'],
};

const PROJECT = join(RESULTS, 'd1', 'project');

/** Bundles and minifies each Worker as `wrangler deploy` does, in a project with no settings of its own. */
export async function bundleWorkers(): Promise<Bundle[]> {
  await rm(PROJECT, { recursive: true, force: true });
  await mkdir(join(PROJECT, 'node_modules'), { recursive: true });
  await cp(join(__dirname, 'workers'), PROJECT, { recursive: true });
  await symlink(ROOT, join(PROJECT, 'node_modules', 'typeorm-billing'), 'junction');
  await symlink(
    benchModule('drizzle-orm'),
    join(PROJECT, 'node_modules', 'drizzle-orm'),
    'junction',
  );
  const bundles: Bundle[] = [];
  for (const name of NAMES) bundles.push({ name, script: await bundle(name) });
  return bundles;
}

async function bundle(name: string): Promise<string> {
  const configuration = join(PROJECT, `${name}.wrangler.json`);
  const out = join(PROJECT, 'out', name);
  await writeFile(configuration, JSON.stringify({ name, main: `${name}.mjs`, ...COMPATIBILITY }));
  await runNode(
    [
      rootModule('wrangler/bin/wrangler.js'),
      ...['deploy', '--dry-run', '--minify', '--outdir', out, '--config', configuration],
    ],
    { WRANGLER_SEND_METRICS: 'false', CI: 'true' },
  );
  return readFile(join(out, `${name}.js`), 'utf8');
}

/** Sizes in KiB of what is uploaded, minified and with gzip's best compression. */
export function tellSizes(bundles: readonly Bundle[]): string {
  const sizes = bundles.map(({ name, script }) => ({
    name,
    plain: Buffer.byteLength(script),
    gzipped: gzipSync(script, { level: 9 }).length,
  }));
  const base = sizes.find(({ name }) => name === 'drizzle-orm')?.gzipped ?? 0;
  const kibibytes = (bytes: number): string => (bytes / 1024).toFixed(1);
  return [
    table([
      ['Worker', 'minified KiB', 'gzipped KiB', 'ratio'],
      ...sizes.map(({ name, plain, gzipped }) => [
        name,
        kibibytes(plain),
        kibibytes(gzipped),
        ratio(gzipped, base),
      ]),
    ]),
    '',
    ...sizes
      .slice(0, 1)
      .map(
        ({ name, gzipped }) =>
          `- ${name} ≤ 250 KiB: ${kibibytes(gzipped)} KiB, ${gzipped <= 250 * 1024 ? 'met' : 'MISSED'}`,
      ),
  ].join('\n');
}
