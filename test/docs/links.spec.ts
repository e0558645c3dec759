import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { installPackage } from '../package/packed-project';
import { newFolder } from '../support/test-run';
import { anchors, links } from './markdown';
import { PAGES, ROOT } from './pages';

const OTHERS = ['CHANGELOG.md', 'CONTRIBUTING.md', 'bench/README.md', 'examples/worker/README.md'];
const API = readdirSync(join(ROOT, 'docs/api')).map((name) => `docs/api/${name}`);

describe('C2 the links', () => {
  it.each([...PAGES, ...API, ...OTHERS])('C2 of %s lead somewhere', (page) => {
    expect(deadLinks(ROOT, page)).toEqual([]);
  });

  it('C1 C2 of the packed package lead to what is in it', async () => {
    const installed = await installPackage(newFolder('links'));
    const pages = ['README.md', 'CHANGELOG.md', ...markdownIn(join(installed, 'docs'), installed)];
    expect(pages).toEqual(expect.arrayContaining([...PAGES, ...API]));
    expect(pages.flatMap((page) => deadLinks(installed, page))).toEqual([]);
  });

  it('C2 that lead nowhere are found', () => {
    const folder = join(ROOT, 'docs');
    const target = (link: string): string[] => deadTargets(folder, 'engines.md', `[a](${link})`);
    expect(target('d1.md#transactions')).toEqual([]);
    for (const dead of ['d1.md#transaction', '#no-such', 'd2.md', '../test/docs', '../README.md']) {
      expect(target(dead)).toEqual([dead]);
    }
  });
});

/** Those of a page that lead to no file below `root`, or to no heading of one. */
function deadLinks(root: string, page: string): string[] {
  return deadTargets(root, page, readFileSync(join(root, page), 'utf8')).map(
    (target) => `${page}: ${target}`,
  );
}

function deadTargets(root: string, page: string, markdown: string): string[] {
  return links(markdown).filter((target) => {
    if (/^(?:https|mailto):/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (file.startsWith('..') || !existsSync(join(root, file))) return true;
    if (anchor === undefined) return false;
    const text = path === '' ? markdown : readFileSync(join(root, file), 'utf8');
    return !anchors(text).has(anchor);
  });
}

function markdownIn(folder: string, root: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => relative(root, join(folder, name)));
}
