import { existsSync } from 'node:fs';
import type { Opening } from '../engine';

export const sqliteOpening: Opening = {
  forms: ['sqlite:path/to/file', 'sqlite::memory:'],
  read: (url) => {
    const file = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
    return file?.startsWith('//') ? undefined : file;
  },
  options: (file) => ({ database: file }),
  isThere: existsSync,
};
