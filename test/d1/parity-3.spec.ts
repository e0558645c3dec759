import { describeParity } from './parity/property';

describeParity(2);
