import { BillingError } from '../errors';
import type { HostKeyType, HostTable } from './bindings';
import { readKeyType } from './key-types';

const FORM = 'a table, its key and the type of that, as in core.organizations.id:integer';

/** The name as it is, or in double quotes where it is not plain. */
const NAME = String.raw`(?:"(?:[^"]|"")+"|[^.":]+)`;
const TEXT = new RegExp(String.raw`^(?:(${NAME})\.)?(${NAME})\.(${NAME}):(.+)$`);

/**
 * Reads `core.organizations.id:integer`: the schema, if one is given, the table, its key and that
 * one's type. A name that has a dot, a colon or a quote is given in double quotes.
 *
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function readHostText(variable: string, text: string): HostTable {
  const [, schema, table, column, type = ''] = TEXT.exec(text.trim()) ?? [];
  if (table === undefined || column === undefined) {
    throw BillingError.configurationInvalid(`${variable} is "${text}"`, `set it to ${FORM}`);
  }
  const keyType = readKeyType(type);
  if (keyType === undefined) {
    throw BillingError.configurationInvalid(
      `${variable} is "${text}", and "${type}" is no type of a key`,
      'use uuid, text, varchar, varchar(48), char(25), smallint, integer or bigint',
    );
  }
  return {
    ...(schema !== undefined && { schema: nameIn(schema) }),
    ...{ table: nameIn(table), column: nameIn(column), keyType },
  };
}

/** The text that {@link readHostText} reads. */
export function hostText({
  schema,
  table,
  column,
  keyType,
}: Pick<HostTable, 'schema' | 'table' | 'column'> & { readonly keyType: HostKeyType }): string {
  const names = [schema, table, column].flatMap((name) => (name === undefined ? [] : [name]));
  const plain = new RegExp(`^${NAME}$`);
  return `${names
    .map((name) =>
      plain.test(name) && !name.includes('"') ? name : `"${name.replaceAll('"', '""')}"`,
    )
    .join('.')}:${keyType}`;
}

const nameIn = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
