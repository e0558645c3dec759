import {
  Any,
  ArrayContainedBy,
  ArrayContains,
  ArrayOverlap,
  Between,
  type DataSource,
  type FindOperator,
  ILike,
  In,
  IsNull,
  JsonContains,
  Not,
  Raw,
} from 'typeorm';
import { Plan } from '../../src';
import { openBilling } from '../support/data-source';
import { engines } from '../support/engines';

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  "B1 TypeORM's operators on $name",
  ({ createDatabase }) => {
    let dataSource: DataSource;

    beforeAll(async () => {
      ({ dataSource } = await openBilling(createDatabase));
      await dataSource.getRepository(Plan).insert([
        { name: 'one', features: { sso: true } },
        { name: 'two', features: { sso: false } },
      ]);
    });

    const names = async (where: object): Promise<string[]> =>
      (await dataSource.getRepository(Plan).find({ where, order: { name: 'ASC' } })).map(
        ({ name }) => name,
      );

    it.each<[title: string, property: string, operator: FindOperator<unknown>, says: RegExp]>([
      [
        'JsonContains()',
        'features',
        JsonContains({ sso: true }),
        /^JsonContains\(\) on (?:\w+\.)?features .*json_extract/,
      ],
      ['Any()', 'name', Any(['one']), /^Any\(\) on (?:\w+\.)?name .*: use In\(\)/],
      [
        'ArrayContains()',
        'name',
        ArrayContains(['one']),
        /^ArrayContains\(\) on (?:\w+\.)?name .*json_each/,
      ],
      [
        'ArrayContainedBy()',
        'name',
        ArrayContainedBy(['one']),
        /^ArrayContainedBy\(\) on (?:\w+\.)?name/,
      ],
      ['ArrayOverlap()', 'name', ArrayOverlap(['one']), /^ArrayOverlap\(\) on (?:\w+\.)?name/],
      ['Not() of one', 'name', Not(ArrayOverlap(['one'])), /^ArrayOverlap\(\) on (?:\w+\.)?name/],
    ])(
      'B1 what only Postgres has is refused in words: %s',
      async (_title, property, operator, says) => {
        const refused = { code: 'NOT_SUPPORTED', message: expect.stringMatching(says) as string };
        await expect(names({ [property]: operator })).rejects.toMatchObject(refused);
        const plans = dataSource.getRepository(Plan);
        const where = { [property]: operator };
        await expect(plans.update(where, { name: 'x' })).rejects.toMatchObject(refused);
        await expect(plans.delete(where)).rejects.toMatchObject(refused);
      },
    );

    it('B1 the others work, and what is named instead', async () => {
      expect(await names({ name: ILike('ONE') })).toEqual(['one']);
      expect(await names({ name: In(['one']) })).toEqual(['one']);
      expect(await names({ name: In([]) })).toEqual([]);
      expect(await names({ name: Not(In([])) })).toEqual(['one', 'two']);
      expect(await names({ name: Not(IsNull()) })).toEqual(['one', 'two']);
      expect(await names({ name: Between('a', 'p') })).toEqual(['one']);
      const sso = Raw((column) => `json_extract(${column}, '$.sso') = 1`);
      expect(await names({ features: sso })).toEqual(['one']);
    });
  },
);
