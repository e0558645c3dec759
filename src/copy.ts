import { BillingError } from './errors';

/**
 * On what a copy of this package has made: which copy that is. A process may load two, where two packages of
 * a workspace each have their own. They share TypeORM, and no class and no state.
 */
export const COPY = Symbol.for('typeorm-billing: copy');

/** This copy. A bundle for a Worker has no folder. */
export const THIS_COPY = { place: typeof __dirname === 'string' ? __dirname : 'a bundle' };

/**
 * Refuses what another copy has made.
 *
 * @param made a driver, or the class of an entity
 * @param what it is, and what is to take it, in words
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function assertThisCopy(made: object, what: string, taker: string): void {
  const copy = (made as { [COPY]?: typeof THIS_COPY })[COPY];
  if (copy === undefined || copy === THIS_COPY) return;
  throw BillingError.configurationInvalid(
    `${what} is of the copy of typeorm-billing in ${copy.place}, and ${taker} of the one in ${THIS_COPY.place}`,
    'import both from one copy; `npm ls typeorm-billing` lists those that are installed, and `npm dedupe` joins them',
  );
}
