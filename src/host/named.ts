import type { EntityClass } from './bindings';

/**
 * Fixes the name of a class, by which `getRepository('Plan')` and errors know it: a minifier gives
 * classes other names. It stands below the others, which read the name.
 */
export function Named(name: string): (target: EntityClass) => void {
  return (target) => {
    Object.defineProperty(target, 'name', { value: name, configurable: true });
  };
}
