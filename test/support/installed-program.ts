import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where servers are that the PATH of most users leaves out. */
const BESIDES = ['/usr/sbin', '/usr/local/sbin'];

/** The path of a program, where it is installed. */
export function installedProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...BESIDES]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
