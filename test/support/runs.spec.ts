import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { assertProperty } from './runs';

describe('a property that takes too long', () => {
  it('fails at its time limit, and leaves no run behind', async () => {
    let started = 0;
    let ended = 0;
    const property = fc.asyncProperty(fc.nat(), async () => {
      started += 1;
      await setTimeout(40);
      ended += 1;
    });
    const asserting = assertProperty(property, { numRuns: 1_000 }, 100);
    await expect(asserting).rejects.toThrow(/interrupted/i);
    const then = { started, ended };
    expect(ended).toBe(started);
    await setTimeout(100);
    expect({ started, ended }).toEqual(then);
  });
});
