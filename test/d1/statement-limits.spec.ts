import { fit } from '../../src/driver/sql/fit';
import { D1_LIMITS } from '../../src/driver/sql/limits';
import { Statement } from '../../src/driver/sql/statement';

describe('B1 a statement beyond the limits of D1', () => {
  it.each([
    {
      what: 'too many values that are in no list and no row',
      sql: `UPDATE "values" SET t = coalesce(${Array.from({ length: 101 }, () => '?').join(', ')})`,
      values: Array.from({ length: 101 }, () => 'x'),
      says: /UPDATE "values".* has 101 bound parameters; D1 takes 100: split it/,
    },
    {
      what: 'a row of too many values',
      sql: `INSERT INTO "values" (t) VALUES (coalesce(${Array.from({ length: 120 }, () => '?').join(', ')}))`,
      values: Array.from({ length: 120 }, () => 'x'),
      says: /120 bound parameters; D1 takes 100/,
    },
    {
      what: 'many rows and too many values behind them',
      sql: `INSERT INTO "values" (k) VALUES ${Array.from({ length: 101 }, () => '(?)').join(', ')} ON CONFLICT (k) DO UPDATE SET t = coalesce(${Array.from({ length: 100 }, () => '?').join(', ')})`,
      values: Array.from({ length: 201 }, (_, index) => `${index}`),
      says: /201 bound parameters; D1 takes 100/,
    },
    {
      what: 'a long list of bytes',
      sql: `SELECT 1 FROM "values" WHERE b IN (${Array.from({ length: 101 }, () => '?').join(', ')})`,
      values: Array.from({ length: 101 }, () => new Uint8Array(1)),
      says: /101 bound parameters; D1 takes 100/,
    },
    {
      what: 'a long text',
      sql: `SELECT '${'ä'.repeat(50_000)}'`,
      values: [],
      says: /has 100009 bytes of SQL; D1 takes 100000/,
    },
    {
      what: 'a large value',
      sql: 'INSERT INTO "values" (t) VALUES (?)',
      values: ['ä'.repeat(1_000_001)],
      says: /has a value of 2000002 bytes; D1 takes 2000000/,
    },
  ])('B1 $what: an error names the limit', ({ sql, values, says }) => {
    let error: unknown;
    try {
      fit(new Statement(sql), values, D1_LIMITS);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(says) as string,
    });
  });
});
