import { registerBackup } from '../migrations/rollback-choice';
import { writeBackup } from './backup';

// What imports this module lets a rollback write the rows that it drops to files.
registerBackup(writeBackup);
