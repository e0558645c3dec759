import { describeParity } from './parity/property';

describeParity(3);
