import type { QueryRunner } from 'typeorm';
import { dataSourceOf } from './typeorm';
import { MAX_VALUES, type PostgresStatement, withFewerValues } from './many-values';

/** The part of a connection of the package `pg` that is used. */
interface Client {
  query(text: string, values?: readonly unknown[]): Promise<Result>;
}

interface Result {
  command: string;
  rowCount: number | null;
  rows: unknown[];
}

interface Event {
  readonly queryRunner: QueryRunner;
  readonly query: string;
  readonly parameters?: unknown;
}

/**
 * Sends the statement that TypeORM is about to send to Postgres in parts, if it has more values than
 * the protocol can number. It would fail for certain, and with a message that says nothing of it.
 *
 * TypeORM tells a subscriber of a statement, but takes no other one for it. So the connection's next
 * query, which is this one, is answered here, and the connection is then as before.
 *
 * @throws BillingError `LIMIT_EXCEEDED` for a statement that can't be sent in parts
 */
export function answerInParts({
  queryRunner,
  query,
  parameters,
}: Event): Promise<void> | undefined {
  if (!Array.isArray(parameters) || parameters.length <= MAX_VALUES) return undefined;
  // Only a driver that numbers its placeholders sends them by Postgres' protocol.
  const { parametersPrefix } = dataSourceOf(queryRunner).driver as { parametersPrefix?: string };
  if (parametersPrefix !== '$') return undefined;
  const parts = withFewerValues({ text: query, values: parameters as unknown[] });
  return answerNext(queryRunner, query, parts);
}

async function answerNext(
  queryRunner: QueryRunner,
  text: string,
  parts: readonly PostgresStatement[],
): Promise<void> {
  const client = (await queryRunner.connect()) as Client;
  const send = client.query.bind(client);
  const own = Object.getOwnPropertyDescriptor(client, 'query');
  client.query = (...all) => {
    if (all[0] !== text) return send(...all);
    if (own) Object.defineProperty(client, 'query', own);
    else delete (client as Partial<Client>).query;
    return sendAll(send, parts, queryRunner.isTransactionActive);
  };
}

/** All parts, or none. */
async function sendAll(
  send: Client['query'],
  parts: readonly PostgresStatement[],
  isInTransaction: boolean,
): Promise<Result> {
  const begins = !isInTransaction && parts.length > 1 && (await begin(send));
  try {
    const results: Result[] = [];
    for (const { text, values } of parts) results.push(await send(text, values));
    if (begins) await send('COMMIT');
    return {
      command: results[0]?.command ?? '',
      rowCount: results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0),
      rows: results.flatMap(({ rows }) => rows),
    };
  } catch (error) {
    if (begins) await send('ROLLBACK');
    throw error;
  }
}

/**
 * Begins a transaction, unless the caller has begun one by plain SQL, which TypeORM knows nothing of:
 * the COMMIT of the parts would end that. Only inside one does Postgres take a SAVEPOINT.
 */
async function begin(send: Client['query']): Promise<boolean> {
  try {
    await send('SAVEPOINT "parts"');
  } catch (error) {
    if ((error as { code?: string }).code !== NO_TRANSACTION) throw error;
    await send('BEGIN');
    return true;
  }
  await send('RELEASE SAVEPOINT "parts"');
  return false;
}

/** `no_active_sql_transaction` */
const NO_TRANSACTION = '25P01';
