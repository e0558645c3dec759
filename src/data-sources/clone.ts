import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The package's folder: two above this file in `src` and `dist`, and above the program in `dist/cli`. */
const ROOT = join(__dirname, '..', '..');

/** How the program of an installed package is started, even if the package is a link to a clone. */
const INSTALLED_PROGRAM = /[\\/]node_modules[\\/](?:\.bin[\\/])?typeorm-billing\b/;

/**
 * Whether this runs in a clone of the project, as against a package installed in a host's project.
 * An installed package lies below a `node_modules` folder and, wherever it was copied to, has no
 * sources.
 */
export function isClone(root = ROOT, program = process.argv[1] ?? ''): boolean {
  return (
    !root.split(sep).includes('node_modules') &&
    existsSync(join(root, 'src', 'data-source.ts')) &&
    !INSTALLED_PROGRAM.test(program)
  );
}
