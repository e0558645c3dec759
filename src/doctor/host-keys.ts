import type { DataSource } from 'typeorm';
import type { Engine } from '../engines/engine';
import type { Expected, Found } from '../engines/examination';
import { sqlOf } from '../host/bindings';
import type { HostKeyType } from '../host/bindings';
import { describeAll } from '../migrator/host-check';

/** The host's keys that billing's foreign keys lead to: each has to be there, and a key of that type. */
export async function hostKeyFindings(
  dataSource: DataSource,
  engine: Engine,
  hosts: Expected['hosts'],
): Promise<Found[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const live = await describeAll(queryRunner, engine, hosts);
    return hosts.flatMap((host): Found[] => {
      const { table, column, type } = host;
      const common = { owner: 'host', table, name: column, sql: [] } as const;
      const columns = live(host);
      if (columns === undefined) {
        const [is, shouldBe] = ['no such table', 'the table that billing belongs to'];
        return [{ ...common, kind: 'table', problem: 'missing', name: table, is, shouldBe }];
      }
      const found = columns.find(({ name }) => name === engine.fold(column));
      const shouldBe = `a key of type ${type}`;
      if (found === undefined) {
        return [{ ...common, kind: 'column', problem: 'missing', is: 'no such column', shouldBe }];
      }
      if (!engine.accepts(type as HostKeyType, found.type)) {
        return [{ ...common, kind: 'type', problem: 'changed', is: found.type, shouldBe }];
      }
      if (found.isKey) return [];
      const path = sqlOf(host);
      const index = sqlOf({ table: `${table}_${column}_key`, column: '' }).table;
      return [
        {
          ...{ ...common, kind: 'constraint', problem: 'missing', shouldBe },
          is: 'neither a primary key nor unique: no foreign key can lead to it',
          sql: [`CREATE UNIQUE INDEX ${index} ON ${path.table} (${path.column})`],
        },
      ];
    });
  } finally {
    await queryRunner.release();
  }
}
