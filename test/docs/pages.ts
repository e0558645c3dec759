import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fences, type Fence } from './markdown';

export const ROOT = resolve(__dirname, '../..');

/** The README and the guides: all their code is typed or run as it is written. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A file of the project, by its path in it. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Block extends Fence {
  readonly page: string;
}

export const BLOCKS: readonly Block[] = PAGES.flatMap((page) =>
  fences(read(page)).map((fence) => ({ page, ...fence })),
);

/** The texts of a section's blocks in a language, in order. */
export function textsOf(page: string, section: string, language: string): string[] {
  return BLOCKS.filter(
    (one) => one.page === page && one.section === section && one.language === language,
  ).map(({ text }) => text);
}

/** Where a page says something that is neither compiled nor a command: who runs it, or compares it. */
export const CLAIMS: readonly (Pick<Block, 'page' | 'section' | 'language'> & {
  readonly by: string;
})[] = [
  { page: 'README.md', section: 'Two commands', language: 'text', by: 'readme' },
  ...['sql', 'text'].map((language) => ({
    ...{ page: 'README.md', section: 'Quick start: NestJS 12 on Postgres', language, by: 'readme' },
  })),
  { page: 'README.md', section: 'Quick start: SQLite', language: 'text', by: 'readme' },
  { page: 'docs/migrations.md', section: 'Commands', language: 'text', by: 'guides' },
  { page: 'docs/extending.md', section: 'Together', language: 'text', by: 'guides' },
  { page: 'docs/d1.md', section: 'A new Worker', language: 'text', by: 'd1' },
  {
    ...{ page: 'docs/d1.md', section: 'When drizzle-kit rebuilds your table', language: 'sql' },
    by: 'd1',
  },
];
