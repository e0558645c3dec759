import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfigFileTextToJson } from 'typescript';
import { readArguments } from '../../src/cli/arguments';
import { BLOCKS, CLAIMS, ROOT, read } from './pages';
import { DocsProject } from './project';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

const manifestOf = (path: string): Manifest => JSON.parse(read(path)) as Manifest;
const { scripts = {} } = manifestOf('package.json');

/** The commands that no test of the pages runs as they stand there. */
const NOT_RUN: readonly (readonly [command: RegExp, reason: string])[] = [
  [/^npm ci && npm (?:pack|test|run db:migrate)$/, 'installs anew what the tests stand on'],
  [/^npx wrangler d1 create app$/, 'makes a database at Cloudflare'],
  [/^npx typeorm migration:run -d /, 'cli/host-history.spec.ts runs the same'],
  [/^npx wrangler deploy$/, 'goes to Cloudflare'],
  [/^npx wrangler d1 .* --(?:local|remote)\b/, 'd1/wrangler-project.spec.ts runs the same'],
];

describe('C4 the code of the README and the guides', () => {
  it('C4 is accepted by the strict compiler as it is written, against the packed package', async () => {
    expect((await DocsProject.make()).diagnostics).toBe('');
  });

  it('C4 is in a language that is compiled, parsed or run', () => {
    const known = ['ts', 'json', 'jsonc', 'sh', 'sql', 'text'];
    const others = BLOCKS.filter(({ language }) => !known.includes(language));
    expect(others).toEqual([]);
  });

  it('C4 has SQL and output that a test runs or compares, each of them', () => {
    const open = BLOCKS.filter(({ language }) => language === 'sql' || language === 'text').filter(
      (block) => !CLAIMS.some((claim) => isAbout(claim, block)),
    );
    expect(open).toEqual([]);
    for (const claim of CLAIMS) {
      expect(BLOCKS.filter((block) => isAbout(claim, block))).not.toEqual([]);
      expect(read(`test/docs/${claim.by}.spec.ts`)).toContain(claim.section);
    }
  });

  const configurations = BLOCKS.filter(({ language }) => /^jsonc?$/.test(language));
  it.each(configurations)('C4 is a configuration that can be read: $page $section', ({ text }) => {
    expect(parseConfigFileTextToJson('configuration.jsonc', text).error).toBeUndefined();
  });

  const commands = BLOCKS.filter(({ language }) => language === 'sh').flatMap(({ page, text }) =>
    text
      .replaceAll('\\\n', '')
      .trim()
      .split('\n')
      .map((command) => ({ page, command: command.trim() })),
  );
  it.each(commands)('C2 is a command that there is: $command ($page)', ({ command }) => {
    const words = command.split(/\s+/);
    while (/^[A-Z_]+=/.test(words[0] ?? '')) {
      expect(words.shift()).toMatch(/^(?:DATABASE_URL|BILLING_[A-Z_]+)=/);
    }
    const [program = '', ...rest] = words;
    if (program === 'npm' && rest[0] === 'install') {
      for (const name of rest.slice(1).filter((word) => word !== '--save-dev')) assertPackage(name);
    } else if (program === 'npx' && rest[0] === 'typeorm-billing') {
      expect(readArguments(rest.slice(1))).toHaveProperty('command');
    } else {
      expect(NOT_RUN.filter(([pattern]) => pattern.test(words.join(' ')))).toHaveLength(1);
    }
  });

  it('C2 names only scripts that there are', () => {
    for (const { page, text } of [...new Set(BLOCKS.map((block) => block.page))].map((page) => ({
      page,
      text: read(page),
    }))) {
      const named = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name);
      expect({ page, unknown: named.filter((name) => !(name in scripts)) }).toEqual({
        page,
        unknown: [],
      });
    }
  });
});

function isAbout(
  { page, section, language }: (typeof CLAIMS)[number],
  block: (typeof BLOCKS)[number],
): boolean {
  return block.page === page && block.section === section && block.language === language;
}

/** A package that the tests have too, in the version that is asked for. */
function assertPackage(name: string): void {
  const { name: own, version } = manifestOf('package.json');
  if (name === own || name === `./typeorm-billing-${version}.tgz`) return;
  const [, bare = '', wanted = ''] = /^(@?[^@]+)(?:@(.+))?$/.exec(name) ?? [];
  const path = join('node_modules', bare, 'package.json');
  expect({ name, isThere: existsSync(join(ROOT, path)) }).toEqual({ name, isThere: true });
  expect(`${manifestOf(path).version}.`).toMatch(new RegExp(`^${wanted.replaceAll('.', '\\.')}`));
}
