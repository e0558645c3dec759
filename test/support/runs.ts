import fc from 'fast-check';
import { timeLimitMs } from './time-limit';

/** Whether this is `npm run test:long`. */
export const IS_LONG = process.env.TEST_LONG === '1';

/** How often a property is tried: for a person who waits, and in `npm run test:long`. */
export const runs = (usual: number, long: number): number => (IS_LONG ? long : usual);

/** Before jest's limit for one test ends it. */
const TIME_LIMIT_MS = 0.9 * timeLimitMs(IS_LONG);

/**
 * `fc.assert` of a property that ends with its test: at the time limit it fails, and it returns when
 * the run under way has ended, so that nothing writes into the database of the next test.
 */
export async function assertProperty<Values>(
  property: fc.IAsyncPropertyWithHooks<Values>,
  parameters: fc.Parameters<Values>,
  interruptAfterTimeLimit = TIME_LIMIT_MS,
): Promise<void> {
  let underWay: unknown;
  const run = property.run.bind(property);
  property.run = (value) => {
    const outcome = run(value);
    underWay = outcome;
    return outcome;
  };
  const limit = { interruptAfterTimeLimit, markInterruptAsFailure: true };
  try {
    await fc.assert(property, { ...parameters, ...limit });
  } finally {
    await underWay;
  }
}
