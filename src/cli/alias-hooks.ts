// Hooks for Node's `module.register()`. They run in a thread of their own, and import nothing.
import type { ResolveHook } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Aliases } from './aliases';

let aliases: Aliases = { absoluteBaseUrl: '', paths: {} };

export function initialize(data: Aliases): void {
  aliases = data;
}

/** Tries where the aliases lead, and then the word as it stands. */
export const resolve: ResolveHook = async (word, context, next) => {
  for (const url of targets(word)) {
    try {
      return await next(url, context);
    } catch {
      // As in TypeScript, a target that is not there leaves it to the next one.
    }
  }
  return next(word, context);
};

/** The URLs of what a word may stand for, by the first pattern that fits. */
function* targets(word: string): Generator<string> {
  if (/^(?:[./#]|[a-z]+:)/.test(word)) return;
  for (const [pattern, places] of Object.entries(aliases.paths)) {
    const [start = '', end] = pattern.split('*');
    const fits =
      end === undefined
        ? word === pattern
        : word.length >= pattern.length - 1 && word.startsWith(start) && word.endsWith(end);
    if (!fits) continue;
    const rest = end === undefined ? '' : word.slice(start.length, word.length - end.length);
    for (const place of places) {
      const { href } = new URL(
        place.replace('*', rest),
        `${pathToFileURL(aliases.absoluteBaseUrl).href.replace(/\/$/, '')}/`,
      );
      yield* [href, `${href}.ts`, `${href}/index.ts`];
    }
  }
}
