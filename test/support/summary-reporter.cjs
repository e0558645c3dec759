'use strict';

const { writeSync } = require('node:fs');

/**
 * Ends the output with `N passed, N failed`, alone on its line. A suite that could not be run at
 * all counts as one failure. Plain JavaScript: jest loads a reporter without transforming it.
 *
 * @implements {import('@jest/reporters').Reporter}
 */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // jest writes its own summary later than it calls this, and through a buffer.
    process.once('exit', () => {
      writeSync(1, `${String(results.numPassedTests)} passed, ${String(failed)} failed\n`);
    });
  }

  getLastError() {}
};
