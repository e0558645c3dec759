/** What an entity class tells the engines of its columns. */
export { entityClassOf } from '../driver/entity-class';
