import type { DataSource } from 'typeorm';
import { BillingError, type RefusalDetails, toBillingError } from '../../../src';
import { openBilling } from '../../support/data-source';
import type { TestDatabase, TestEngine } from '../../support/engines';
import type { Action } from './actions';
import { Labels } from './labels';
import { OnPurpose, Performer } from './perform';
import { reader, resetSql, type State } from './state';

/** What became of an action on one engine. */
export interface Outcome {
  /** What it gave, as text; undefined if it was refused. */
  readonly value?: string;
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly code: string;
  readonly table?: unknown;
  readonly columns?: unknown;
  /** Of a validation. */
  readonly failures?: unknown;
}

/** One engine, and what of its rows has been seen. */
export class World {
  #state!: State;
  #labels = new Labels();

  private constructor(
    readonly engine: TestEngine,
    private readonly database: TestDatabase,
    private readonly dataSource: DataSource,
    private readonly read: () => Promise<State>,
  ) {}

  static async open(engine: TestEngine): Promise<World> {
    const { database, dataSource } = await openBilling(engine.createDatabase);
    return new World(engine, database, dataSource, reader(dataSource, database));
  }

  /** The rows that every sequence starts from. */
  async reset(): Promise<void> {
    await this.database.exec(resetSql(this.database.dialect));
    this.#labels = new Labels();
    await this.look();
  }

  /** Reads all rows, and tells them in a form that is the same on every engine. */
  async look(): Promise<string> {
    this.#state = await this.read();
    return this.#labels.textOf(this.#state);
  }

  /** @throws what is no refusal */
  async perform(action: Action): Promise<Outcome> {
    try {
      const value = await new Performer(this.dataSource.manager, this.#state).perform(action);
      return { value: this.#labels.text(value) };
    } catch (thrown) {
      if (thrown instanceof OnPurpose) return { refusal: { code: 'ON_PURPOSE' } };
      const error = toBillingError(thrown);
      if (!(error instanceof BillingError)) {
        throw new Error(`On ${this.engine.name} something else went wrong.`, { cause: thrown });
      }
      return { refusal: this.#refusal(error) };
    }
  }

  #refusal({ code, details }: BillingError): Refusal {
    const { table, columns, failures } = (details ?? {}) as Partial<RefusalDetails> & {
      failures?: unknown;
    };
    // By way of text: values may hold ids.
    return JSON.parse(this.#labels.text({ code, table, columns, failures })) as Refusal;
  }
}
