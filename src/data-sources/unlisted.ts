import { DataSource, getMetadataArgsStorage, TypeORMError } from 'typeorm';
import { tenantBilling, userBilling } from '../billing';
import { BillingError } from '../errors';

/**
 * Names the class that a DataSource lacks. TypeORM names only the relation that leads to it, and its sentence
 * asks the reader to check "a correct entity object". It has no hook at that place, so `buildMetadatas()` is
 * extended, once in a process.
 */
function nameUnlisted(): void {
  const prototype = DataSource.prototype as unknown as Builds;
  if (prototype[NAMES] === true) return;
  const { buildMetadatas } = prototype;
  Object.assign(prototype, {
    [NAMES]: true,
    async buildMetadatas(this: DataSource) {
      try {
        await buildMetadatas.call(this);
      } catch (error) {
        throw unlisted(error) ?? error;
      }
    },
  });
}

const NAMES = Symbol.for('typeorm-billing: names unlisted classes');

interface Builds {
  [NAMES]?: true;
  buildMetadatas: (this: DataSource) => Promise<void>;
}

/** The error to throw instead, if it is about a relation of a class of billing's, or of one that extends it. */
function unlisted(error: unknown): BillingError | undefined {
  if (!(error instanceof TypeORMError)) return undefined;
  const [, name, property] =
    /^Entity metadata for (.+)#(\w+) was not found/.exec(error.message) ?? [];
  const { tables, relations } = getMetadataArgsStorage();
  const from = tables
    .map(({ target }) => target)
    .find((one) => isBilling(one) && one.name === name);
  if (!isBilling(from)) return undefined;
  const relation = relations.find(
    ({ propertyName, target }) =>
      propertyName === property &&
      isBilling(target) &&
      (target === from || from.prototype instanceof target),
  );
  if (typeof relation?.type !== 'function') return undefined;
  const to = (relation.type as () => unknown)();
  if (typeof to !== 'function') return undefined;
  return BillingError.configurationInvalid(
    `${name}.${property} leads to ${to.name}, which is not in the entities of the DataSource`,
    remedyFor(to),
  );
}

function remedyFor(to: Named): string {
  for (const [family, { entities }] of Object.entries({ tenantBilling, userBilling })) {
    if (entities.some((one) => one === to)) {
      return `give it ...${family}.entities, which holds ${to.name}`;
    }
  }
  return `add ${to.name} to them, beside those of billing`;
}

interface Named {
  readonly name: string;
}

/** Also of another copy of this package. */
const isBilling = (target: unknown): target is new () => object =>
  typeof target === 'function' && 'isCompleteBeforeInsert' in target;

// What imports this module has it done.
nameUnlisted();
