import { forgetPlacing } from '../../src/host/placing';
import { familiesInUse, hostTables, replacements, STAND_IN_TABLES } from '../../src/host/bindings';

/** Takes all bindings back, which a process makes once. */
export function unbindHost(): void {
  replacements.clear();
  familiesInUse.clear();
  forgetPlacing();
  Object.assign(hostTables, STAND_IN_TABLES);
}
