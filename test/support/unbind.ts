import {
  familiesInUse,
  hostTables,
  replacements,
  schemaTargets,
  STAND_IN_TABLES,
} from '../../src/host/bindings';
import { classesInUse } from '../../src/host/own-entities';
import { forgetPlacing } from '../../src/host/placing';

/** Takes all bindings back, which a process makes once. */
export function unbindHost(): void {
  replacements.clear();
  schemaTargets.clear();
  familiesInUse.clear();
  classesInUse.clear();
  forgetPlacing();
  Object.assign(hostTables, STAND_IN_TABLES);
}
