import { beginTest, endFile, endTest } from './closing';

// The first hooks of every spec file: jest runs the file's own `afterEach` before this one.
beforeEach(beginTest);
afterEach(endTest);
afterAll(endFile);
