import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';

/** The package tsconfig-paths, as far as it is used. */
interface TsconfigPaths {
  loadConfig: (path: string) => Aliases & { resultType: 'success' | 'failed' };
  register: (options: { baseUrl: string; paths: Record<string, string[]> }) => unknown;
}

/** `paths` of a `tsconfig.json`. */
export interface Aliases {
  readonly absoluteBaseUrl: string;
  readonly paths: Record<string, string[]>;
}

/**
 * Has Node resolve the path aliases of a host's `tsconfig.json`, if the host has tsconfig-paths.
 *
 * @returns whether it has
 */
export function registerAliases({
  require,
  isModule,
  tsconfig,
}: {
  readonly require: NodeJS.Require;
  readonly isModule: boolean;
  readonly tsconfig: string | undefined;
}): boolean {
  let package_: TsconfigPaths;
  try {
    package_ = require('tsconfig-paths') as TsconfigPaths;
  } catch {
    return false;
  }
  const config = tsconfig === undefined ? undefined : package_.loadConfig(tsconfig);
  if (config?.resultType !== 'success') return true;
  const { absoluteBaseUrl, paths } = config;
  package_.register({ baseUrl: absoluteBaseUrl, paths });
  // tsconfig-paths knows of CommonJS alone.
  if (isModule) {
    const hooks = pathToFileURL(require.resolve(`${__dirname}/alias-hooks`));
    nodeModule.register(hooks, { data: { absoluteBaseUrl, paths } satisfies Aliases });
  }
  return true;
}
