import { AfterInsert, AfterLoad, AfterUpdate, BeforeInsert, BeforeUpdate } from 'typeorm';
import { COPY, THIS_COPY } from '../copy';
import { nameOf, tableOf, tableOfPrototype } from './columns/registry';
import { seenRow } from './columns/seen-rows';
import { rememberValues } from './columns/stored-values';
import { refuseUnmapped } from './columns/unmapped';
import type { JsonObject } from './columns/values';
import { finishInsert, finishUpdate, prepareInsert, prepareUpdate } from './prepare-rows';
import { rememberKeys } from './relation-keys';
import { Named } from '../host/named';

/**
 * What all billing entities have: a key, two timestamps, and rules that are enforced whenever
 * TypeORM writes an instance, with or without {@link BillingSubscriber}.
 *
 * A write that breaks a rule throws a BillingError, `VALIDATION_FAILED`, before anything is sent. A
 * write without an instance (SQL, or a plain object on a DataSource without the subscriber) meets the
 * CHECKs of the database. They hold the same rules, except those that SQL can't express on every
 * engine, such as which currency codes are active.
 *
 * To change what a row refers to, set the key (`planId`) or the row (`plan`). If both are there, the one
 * that was changed counts, and the other one follows: after the save, a `plan` that is not the one of
 * `planId` is undefined. A new row with two that disagree, or a change to both, is refused.
 *
 * An update judges what was changed. A value that is stored already is not refused by the rules that the
 * CHECKs do not hold, such as a currency that is no longer active.
 */
@Named('BillingEntity')
export abstract class BillingEntity {
  /** For the engines: whether a property has its value before the insert, and need not be read back. */
  static isCompleteBeforeInsert(this: { readonly prototype: object }, property: string): boolean {
    const table = tableOfPrototype(this.prototype);
    return table?.columns.some((column) => column.property === property) ?? false;
  }

  /**
   * For the engines: the name of the CHECK that holds a property's column to its form where types are
   * hints. A list of words needs none. Undefined too for a column that the host added.
   */
  static formCheckOf(this: { readonly prototype: object }, property: string): string | undefined {
    const table = tableOfPrototype(this.prototype);
    const spec = table?.columns.find((column) => column.property === property);
    return table === undefined || spec === undefined || spec.kind === 'oneOf'
      ? undefined
      : nameOf('ck', table.table, spec.column);
  }

  /** @internal For other copies of this package. */
  static readonly [COPY] = THIS_COPY;

  /**
   * @internal What TypeORM asks of the class that a subscriber listens to. {@link BillingSubscriber} hears of the
   * entities of another copy of this package too, so that it can refuse them.
   */
  static isPrototypeOf(target: unknown): boolean {
    return this === BillingEntity
      ? typeof target === 'function' && COPY in target
      : Object.prototype.isPrototypeOf.call(this, target as object);
  }

  /** A uuid of version 7, made before the insert. The database makes one for plain SQL. */
  id!: string;

  /**
   * Whether the row is of the provider's live mode; true if not given. False: of its test mode. A row
   * of test mode never stands in the way of a live one of the same owner.
   */
  livemode!: boolean;

  /** The host's own data, a JSON object; `{}` if not given. Billing reads nothing in it. */
  metadata!: JsonObject;

  /** When the row was inserted. Set before the insert; by the database for plain SQL. */
  createdAt!: Date;

  /** When the row was last written through an entity. */
  updatedAt!: Date;

  /** Notes the keys of rows that were loaded together, and values that a newer rule would refuse. */
  @AfterLoad()
  protected finishLoad(): void {
    const table = tableOf(this);
    if (table === undefined) return;
    rememberKeys(this as unknown as Row, table);
    rememberValues(this as unknown as Row, table);
  }

  /** Fills in what is missing (key, defaults, timestamps, keys of related rows), and validates. */
  @BeforeInsert()
  protected prepareInsert(): void {
    prepareInsert(this, seenRow(this)?.metadata);
  }

  /**
   * After `insert()` on Postgres, TypeORM leaves a `bigint` that has a default as text.
   *
   * @throws BillingError `VALIDATION_FAILED` for two parents
   */
  @AfterInsert()
  protected finishInsert(): void {
    finishInsert(this);
  }

  /**
   * Sets `updatedAt` and validates the properties that are loaded. TypeORM calls this only for an
   * entity that has changed, so that the stamp alone never causes an UPDATE.
   */
  @BeforeUpdate()
  protected prepareUpdate(): void {
    prepareUpdate(this, seenRow(this)?.stored);
  }

  /** Takes away loaded rows that it no longer refers to. */
  @AfterUpdate()
  protected finishUpdate(): void {
    finishUpdate(this, seenRow(this)?.stored);
  }
}

refuseUnmapped(BillingEntity);

type Row = Record<string, unknown>;
