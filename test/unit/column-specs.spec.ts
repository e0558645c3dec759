import { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from '../../src/billing';
import { tableOfPrototype, type TableSpec } from '../../src/entities/columns/registry';
import type { ColumnSpec } from '../../src/entities/columns/spec';
import { DirectDebitToken } from '../../src/entities/user-billing/direct-debit-token';
import { PaymentAttempt } from '../../src/entities/user-billing/payment-attempt';
import { SubscriptionPlan } from '../../src/entities/user-billing/subscription-plan';
import { hostTables } from '../../src/host/bindings';
import { BILLING_TABLES } from '../support/billing-tables';

class Unconnected extends DataSource {
  async build(): Promise<this> {
    await this.buildMetadatas();
    return this;
  }
}

const ENTITIES = [...tenantBilling.entities, ...userBilling.entities];
const TABLES: readonly TableSpec[] = ENTITIES.flatMap(
  ({ prototype }: new () => object) => tableOfPrototype(prototype as object) ?? [],
);

const plain = (spec: ColumnSpec): unknown => JSON.parse(JSON.stringify(spec));

function specOf(entity: new () => object, property: string): ColumnSpec {
  const columns = tableOfPrototype(entity.prototype as object)?.columns;
  return columns!.find((column) => column.property === property)!;
}

describe('U6 the columns as data', () => {
  it('U6 is known of all columns of the seven tables, as TypeORM has them', async () => {
    const dataSource = await new Unconnected({ type: 'postgres', entities: ENTITIES }).build();
    expect(TABLES.map(({ table }) => table).sort()).toEqual([...BILLING_TABLES].sort());
    for (const { entity, table, columns } of TABLES) {
      const metadata = dataSource.getMetadata(entity);
      const { uniques, indices, foreignKeys } = metadata;
      const isAlone = (
        { columns: [first, second] }: (typeof indices | typeof uniques)[number],
        of: string,
      ) => first?.databaseName === of && second === undefined;
      expect(metadata.tableName).toBe(table);
      expect(columns.map((column) => summary(column))).toEqual(
        metadata.columns.map((column) => {
          const { databaseName, propertyName, type, length, precision, isNullable } = column;
          const key = foreignKeys.find((one) => one.columns[0] === column);
          return {
            ...{ property: propertyName, column: databaseName, type, nullable: isNullable },
            ...{ length, precision: precision ?? undefined },
            unique: uniques.some((one) => isAlone(one, databaseName)),
            indexed: indices.some(
              (one) => one.name === `ix_${table}_${databaseName}` && isAlone(one, databaseName),
            ),
            relation: key && {
              property: column.relationMetadata?.propertyName,
              table: key.referencedEntityMetadata.tableName,
              onDelete: key.onDelete,
            },
          };
        }),
      );
    }
  });

  it('U6 can be written down: but for the patterns of two columns it is what JSON holds', () => {
    const columns = TABLES.flatMap((table) => table.columns);
    expect(columns).toHaveLength(157);
    for (const spec of columns) expect(structuredClone(spec)).toEqual(spec);
    expect(
      TABLES.flatMap(({ table, columns: ofTable }) =>
        ofTable
          .filter((spec) => JSON.stringify(plain(spec)) !== JSON.stringify(structuredClone(spec)))
          .map((spec) => `${table}.${spec.column}`),
      ),
    ).toEqual([]);
    expect(
      columns.filter((spec) => spec.kind === 'varchar' && spec.format).map((spec) => spec.column),
    ).toEqual(['billing_email', 'code']);
  });

  it('U6 says of each column what a reader without TypeORM needs', () => {
    expect(plain(specOf(PaymentAttempt, 'amountRefunded'))).toEqual({
      ...{ kind: 'money', type: 'bigint', min: 0, max: 9007199254740991, default: 0 },
      ...{ property: 'amountRefunded', column: 'amount_refunded', nullable: false },
      ...{ unique: false, indexed: false, secret: false },
    });
    expect(plain(specOf(PaymentAttempt, 'directDebitTokenId'))).toEqual({
      ...{ kind: 'key', type: 'uuid', nullable: true },
      ...{ property: 'directDebitTokenId', column: 'direct_debit_token_id' },
      ...{ unique: false, indexed: true, secret: false },
      relation: {
        property: 'directDebitToken',
        table: 'direct_debit_tokens',
        onDelete: 'SET NULL',
      },
    });
    expect(plain(specOf(SubscriptionPlan, 'billingInterval'))).toMatchObject({
      ...{ kind: 'oneOf', type: 'varchar', length: 16, values: ['day', 'week', 'month', 'year'] },
    });
    expect(
      TABLES.flatMap(({ columns }) => columns.filter(({ secret }) => secret)).map(
        ({ column }) => column,
      ),
    ).toEqual(['token_ciphertext', 'token_fingerprint']);
  });

  it("U6 has the type and the table of the host's key as they are when it is read", () => {
    const spec = specOf(DirectDebitToken, 'userId');
    const standIn = hostTables.user;
    expect(plain(spec)).toMatchObject({ kind: 'hostKey', family: 'user', type: 'text' });
    hostTables.user = { ...standIn, keyType: 'uuid' };
    expect(spec.type).toBe('uuid');
    hostTables.user = standIn;
    expect(spec.relation).toMatchObject({ property: 'user', table: 'user', onDelete: 'CASCADE' });
  });
});

/** What TypeORM's metadata says too. */
function summary(spec: ColumnSpec): object {
  const { property, column, type, nullable, length, precision, unique, indexed, relation } = spec;
  return {
    ...{ property, column, type, nullable },
    ...{ length: length === undefined ? '' : String(length), precision },
    ...{ unique, indexed, relation: relation && { ...relation } },
  };
}
