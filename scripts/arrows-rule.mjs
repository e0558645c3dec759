import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const root = join(import.meta.dirname, '..', 'src');

/** The rooms of `src`, folders and files at its top, and the rooms that each may import. */
export const rooms = JSON.parse(readFileSync(join(import.meta.dirname, 'rooms.json'), 'utf8'));

/** The room that a path is in; undefined outside of `src`. */
export function roomOf(path) {
  const [first, ...rest] = relative(root, path).split(sep);
  if (first === '..') return undefined;
  return rest.length > 0 ? first : first.replace(/\.ts$/, '') || 'index';
}

/** An ESLint rule: what a file of `src` imports, in whatever form, is in a room its own may import. */
export const arrows = {
  meta: { type: 'problem', schema: [] },
  create({ filename, report }) {
    const from = roomOf(filename);
    if (from === undefined) return {};
    const check = (node) => {
      const { value } = node ?? {};
      if (typeof value !== 'string' || !value.startsWith('.')) return;
      const to = roomOf(join(dirname(filename), value)) ?? 'outside of src';
      const allowed = rooms[from];
      if (to === from || allowed?.includes(to)) return;
      const may =
        allowed === undefined ? 'is in no room' : `may import ${allowed.join(', ') || 'nothing'}`;
      report({ node, message: `${from} ${may}, not ${to}.` });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
      TSExternalModuleReference: ({ expression }) => check(expression),
      'CallExpression[callee.name="require"]': ({ arguments: [first] }) => check(first),
      'CallExpression[callee.object.name="require"]': ({ arguments: [first] }) => check(first),
    };
  },
};
