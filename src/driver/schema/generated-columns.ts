import type { DataSource } from 'typeorm';

/**
 * TypeORM looks up a generated column, such as one that somebody added to a table, in a table of its
 * own, which is not there unless an entity has one.
 */
export function withoutGeneratedColumns(dataSource: DataSource): DataSource {
  const hasGenerated = dataSource.entityMetadatas.some((one) =>
    one.columns.some(({ generatedType }) => generatedType !== undefined),
  );
  if (hasGenerated) return dataSource;
  return Object.create(dataSource, {
    createQueryRunner: {
      value(...modes: []) {
        const queryRunner = dataSource.createQueryRunner(...modes);
        const query = queryRunner.query.bind(queryRunner) as (
          ...all: unknown[]
        ) => Promise<unknown>;
        return Object.assign(queryRunner, {
          query: (...all: unknown[]) =>
            /^SELECT .* FROM (?:"\w+"\.)*"typeorm_metadata"/s.test(String(all[0]))
              ? Promise.resolve([])
              : query(...all),
        });
      },
    },
  }) as DataSource;
}
