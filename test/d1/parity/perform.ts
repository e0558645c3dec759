import {
  type EntityManager,
  type EntityTarget,
  type FindOptionsRelations,
  type FindOptionsWhere,
  ILike,
  In,
  IsNull,
  LessThan,
  Like,
  MoreThanOrEqual,
  Between,
  Not,
  type ObjectLiteral,
  type Repository,
} from 'typeorm';
import {
  type Action,
  type BillingTable,
  type Condition,
  ENTITIES,
  isQuery,
  type Query,
  type ReadingWrite,
  type Ref,
  type Values,
  type Write,
} from './actions';
import { PaymentAttempt, SubscriptionPlan, UserSubscription } from '../../../src';
import type { State } from './state';
import { NO_USER, NO_UUID } from './values';

/** What the sequence throws in the middle of a transaction. */
export class OnPurpose extends Error {}

type Rows = Repository<ObjectLiteral>;

/** Does one action on one engine, whose rows were `state` before. */
export class Performer {
  constructor(
    private readonly manager: EntityManager,
    private readonly state: State,
  ) {}

  perform(action: Action): Promise<unknown> {
    switch (action.do) {
      case 'nothing':
        return Promise.resolve();
      case 'host':
        return this.manager.query(action.sql).then(() => undefined);
      case 'transaction':
        return this.#transaction(action);
      default:
        return isQuery(action) ? this.#query(action) : this.#write(action);
    }
  }

  async #transaction({
    first,
    writes,
    fails,
  }: Extract<Action, { do: 'transaction' }>): Promise<void> {
    await this.manager.transaction(async (manager) => {
      const inside = new Performer(manager, this.state);
      if (first) await inside.#write(first);
      for (const write of writes) await inside.#write(write);
      if (fails) throw new OnPurpose();
    });
  }

  async #write(action: Write | ReadingWrite): Promise<unknown> {
    switch (action.do) {
      case 'insert':
        return this.#insert(action);
      case 'update': {
        const { target, patch, how } = action;
        const rows = this.#rows(target.ref);
        const id = this.#idOf(target);
        const set = this.#resolve(patch);
        const { affected } =
          how === 'update'
            ? await rows.update({ id }, set)
            : await rows.createQueryBuilder().update().set(set).where('id = :id', { id }).execute();
        return affected;
      }
      case 'updateWhere':
        return (
          await this.#rows(action.table).update(
            this.#where(action.where),
            this.#resolve(action.patch),
          )
        ).affected;
      case 'upsert':
        return this.#upsert(action);
      case 'add': {
        const { target, property, by } = action;
        const rows = this.#rows(target.ref);
        const where = { id: this.#idOf(target) };
        return (
          by > 0
            ? await rows.increment(where, property, by)
            : await rows.decrement(where, property, -by)
        ).affected;
      }
      case 'delete': {
        const id = this.#idOf(action.target);
        const rows = this.#rows(action.target.ref);
        return (
          action.how === 'delete'
            ? await rows.delete({ id })
            : await rows.createQueryBuilder().delete().where('id = :id', { id }).execute()
        ).affected;
      }
      case 'deleteWhere':
        return (await this.#rows(action.table).delete(this.#where(action.where))).affected;
      case 'saveChange':
        return this.#saveChange(action);
      case 'remove': {
        const rows = this.#rows(action.target.ref);
        const row = await rows.findOneBy({ id: this.#idOf(action.target) });
        return row && rows.remove(row);
      }
      case 'saveGraph':
        return this.#saveGraph(action);
    }
  }

  async #insert({
    table,
    rows: given,
    how,
    byRelation,
  }: Extract<Write, { do: 'insert' }>): Promise<unknown> {
    const rows = this.#rows(table);
    const plain = given.map((row) => this.#resolve(row, byRelation));
    const instances = plain.map((row) => rows.create(row));
    switch (how) {
      case 'insert':
        return written(await rows.insert(plain));
      case 'insertInstance':
        await rows.insert(instances);
        return instances;
      case 'save':
        return plain.length === 1 ? rows.save(plain[0] ?? {}) : rows.save(plain);
      case 'saveInstance':
        return rows.save(instances);
      case 'queryBuilder':
        return written(await rows.createQueryBuilder().insert().values(plain).execute());
    }
  }

  async #upsert({ table, row, conflict, how }: Extract<Write, { do: 'upsert' }>): Promise<unknown> {
    const rows = this.#rows(table);
    const values = this.#resolve(row);
    if (how === 'upsert' || how === 'upsertChanged') {
      const skipUpdateIfNoValuesChanged = how === 'upsertChanged';
      await rows.upsert(values, { conflictPaths: [conflict], skipUpdateIfNoValuesChanged });
      return undefined;
    }
    const insert = rows.createQueryBuilder().insert().values(values);
    const column = rows.metadata.findColumnWithPropertyName(conflict)?.databaseName ?? '';
    const others = ['updated_at', 'currency'];
    await (how === 'orUpdate' ? insert.orUpdate(others, [column]) : insert.orIgnore()).execute();
    return undefined;
  }

  async #saveChange({
    target,
    patch,
    how,
  }: Extract<ReadingWrite, { do: 'saveChange' }>): Promise<unknown> {
    const rows = this.#rows(target.ref);
    const id = this.#idOf(target);
    const change = this.#resolve(
      // An entity holds values, and of a part of one that is not there a row would be made.
      Object.fromEntries(Object.entries(patch).filter(([, value]) => !isExpression(value))),
    );
    const row = await rows.findOneBy({ id });
    if (row === null) return 'not there';
    return rows.save(how === 'loaded' ? Object.assign(row, change) : { id, ...change });
  }

  #saveGraph({
    plan,
    subscription,
    attempt,
  }: Extract<ReadingWrite, { do: 'saveGraph' }>): Promise<unknown> {
    const { manager } = this;
    const without = (values: ObjectLiteral, key: string): ObjectLiteral =>
      Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
    const parent = manager.create(SubscriptionPlan, this.#resolve(plan));
    const child = manager.create(UserSubscription, without(this.#resolve(subscription), 'planId'));
    child.plan = parent;
    const last = manager.create(
      PaymentAttempt,
      without(this.#resolve(attempt), 'userSubscriptionId'),
    );
    last.userSubscription = child;
    return manager.save([last, child, parent]);
  }

  async #query(action: Query): Promise<unknown> {
    const rows = this.#rows(action.table);
    switch (action.do) {
      case 'find': {
        const { where, order, skip, take, relations } = action;
        const { property, direction, nulls } = order;
        return rows.findAndCount({
          where: this.#where(where),
          order: { [property]: nulls === undefined ? direction : { direction, nulls }, id: 'ASC' },
          skip,
          take,
          ...(relations && { relations: relationsOf(rows) }),
        });
      }
      case 'count':
        return rows.countBy(this.#where(action.where));
      case 'exists':
        return rows.existsBy(this.#where(action.where));
      case 'join': {
        const found = rows.createQueryBuilder('a').setFindOptions({
          where: this.#where(action.where),
          order: { id: 'ASC' },
        });
        for (const name of Object.keys(relationsOf(rows)))
          found.leftJoinAndSelect(`a.${name}`, name);
        return found.getManyAndCount();
      }
      case 'sum':
      case 'minimum':
      case 'maximum':
        return rows[action.do](action.property, this.#where(action.where));
      case 'findMany': {
        const ids = this.state[action.table].map(({ id }) => id);
        while (ids.length < action.count) {
          ids.push(`00000000-0000-4000-8000-${String(ids.length).padStart(12, '0')}`);
        }
        return rows.find({ where: { id: In(ids) }, order: { id: 'ASC' } });
      }
    }
  }

  #rows(table: Ref['ref']): Rows {
    const target: EntityTarget<ObjectLiteral> =
      table in ENTITIES ? ENTITIES[table as BillingTable] : table;
    return this.manager.getRepository(target);
  }

  #idOf({ ref, index }: Ref): unknown {
    const rows = this.state[ref];
    if (index < 0 || rows.length === 0) return ref === 'user' ? NO_USER : NO_UUID;
    return rows[index % rows.length]?.id;
  }

  #resolve(values: Values, byRelation = false): ObjectLiteral {
    return Object.fromEntries(
      Object.entries(values).map(([property, value]) => {
        if (isExpression(value)) return [property, () => value.sql];
        if (!isRef(value)) return [property, value];
        const id = this.#idOf(value);
        return byRelation ? [property.replace(/Id$/, ''), { id }] : [property, id];
      }),
    );
  }

  #where(conditions: readonly Condition[]): FindOptionsWhere<ObjectLiteral> {
    return Object.fromEntries(
      conditions.map(({ property, operator, values }) => {
        const [first, second] = values.map((value) => (isRef(value) ? this.#idOf(value) : value));
        const operators = {
          equal: () => first,
          not: () => Not(first),
          in: () => In([first, second]),
          isNull: () => IsNull(),
          isNotNull: () => Not(IsNull()),
          less: () => LessThan(first),
          moreOrEqual: () => MoreThanOrEqual(first),
          between: () => Between(first, second),
          like: () => Like(first),
          ilike: () => ILike(first),
        };
        return [property, operators[operator]()];
      }),
    );
  }
}

const written = ({ identifiers }: { identifiers: ObjectLiteral[] }): ObjectLiteral[] => identifiers;

const relationsOf = (rows: Rows): FindOptionsRelations<ObjectLiteral> =>
  Object.fromEntries(rows.metadata.relations.map(({ propertyName }) => [propertyName, true]));

const isRef = (value: unknown): value is Ref =>
  typeof value === 'object' && value !== null && 'ref' in value;

const isExpression = (value: unknown): value is { readonly sql: string } =>
  typeof value === 'object' && value !== null && 'sql' in value;
