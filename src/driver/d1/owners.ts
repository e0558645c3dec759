import { type DataSource, EntityManager, type QueryRunner } from 'typeorm';
import { dataSourceOf, type RelationMetadata, RelationLoader } from '../typeorm';

/**
 * The DataSource whose manager is making entities. They are made in one go, without waiting, so there is
 * one at a time.
 */
let creating: DataSource | undefined;

/** An entity manager whose new entities load their lazy relations through its own DataSource. */
export class OwningEntityManager extends EntityManager {
  // EntityManager has three signatures for it.
  override create(...parameters: unknown[]): never {
    const create = super.create.bind(this) as (...all: unknown[]) => never;
    return this.#creating(() => create(...parameters));
  }

  override merge(...parameters: unknown[]): never {
    const merge = super.merge.bind(this) as (...all: unknown[]) => never;
    return this.#creating(() => merge(...parameters));
  }

  #creating<Made>(make: () => Made): Made {
    const outer = creating;
    creating = dataSourceOf(this);
    try {
      return make();
    } finally {
      creating = outer;
    }
  }
}

/**
 * Entity metadata makes all entities lazy through the DataSource that built it. This loader hands each
 * over to the DataSource that has loaded or created it.
 */
export class OwningRelationLoader extends RelationLoader {
  readonly #base: DataSource;

  constructor(base: DataSource) {
    super(base);
    this.#base = base;
  }

  override enableLazyLoad(
    relation: RelationMetadata,
    entity: object,
    queryRunner?: QueryRunner,
  ): void {
    const owner = (queryRunner && dataSourceOf(queryRunner)) ?? creating ?? this.#base;
    super.enableLazyLoad.call(owner.relationLoader, relation, entity, queryRunner);
  }
}
