import fc from 'fast-check';

/** Whether this is `npm run test:long`. */
export const IS_LONG = process.env.TEST_LONG === '1';

/** How often a property is tried: for a person who waits, and in `npm run test:long`. */
export const runs = (usual: number, long: number): number => (IS_LONG ? long : usual);

/** The limit of jest for one test, less what is left of a run that is under way. */
const TIME_LIMIT_MS = 540_000;

/**
 * `fc.assert` of a property that ends with its test: at the time limit it fails and begins no
 * further run, which would write into the database of the next test.
 */
export function assertProperty<Values>(
  property: fc.IAsyncPropertyWithHooks<Values>,
  parameters: fc.Parameters<Values>,
): Promise<void> {
  const limit = IS_LONG ? 6 * TIME_LIMIT_MS : TIME_LIMIT_MS;
  return fc.assert(property, {
    ...parameters,
    interruptAfterTimeLimit: limit,
    markInterruptAsFailure: true,
  });
}
