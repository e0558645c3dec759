import { d1Engine } from './d1/engine';
import { d1Opening } from './d1/opening';
import { postgresEngine } from './postgres/engine';
import { registerEngine } from './registry';
import { sqliteEngine } from './sqlite/engine';
import { sqliteOpening } from './sqlite/opening';
import { postgresOpening } from './postgres/opening';

// All databases, with the openings, which need Node.
registerEngine({ ...postgresEngine, opening: postgresOpening });
registerEngine({ ...sqliteEngine, opening: sqliteOpening });
registerEngine({ ...d1Engine, opening: d1Opening });
