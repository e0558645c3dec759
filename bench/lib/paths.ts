import { join } from 'node:path';

/** The project that is measured. */
export const ROOT = join(__dirname, '..', '..');
export const PEERS = join(ROOT, 'bench', 'peers');
/** All that a run writes; not kept in git. */
export const RESULTS = join(ROOT, 'bench', 'results');

/** A file of one of the project's own packages. */
export const rootModule = (path: string): string => join(ROOT, 'node_modules', path);
/** A file of one of the packages that the project is measured beside. */
export const benchModule = (path: string): string => join(ROOT, 'bench', 'node_modules', path);
