'use strict';

const { relative } = require('node:path');
const { writeSync } = require('node:fs');

/**
 * Ends the output with `N passed, N failed`, alone on its line. A suite that could not be run at
 * all counts as one failure. What is not run is listed before it, with the reason.
 * Plain JavaScript: jest loads a reporter without transforming it.
 *
 * @implements {import('@jest/reporters').Reporter}
 */
module.exports = class SummaryReporter {
  /** @param {{ notRun: readonly string[] }} options the specs that are not run, each with its reason */
  constructor({ rootDir }, { notRun }) {
    this.rootDir = rootDir;
    this.notRun = notRun;
  }

  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.testResults.flatMap(({ testFilePath, testResults }) =>
      testResults
        .filter(({ status }) => status === 'pending')
        .map(({ fullName }) => `${relative(this.rootDir, testFilePath)}: ${fullName}`),
    );
    const list = [...this.notRun, ...skipped].map((line) => `  ${line}\n`).join('');
    // jest writes its own summary later than it calls this, and through a buffer.
    process.once('exit', () => {
      if (list) writeSync(2, `Not run (TEST_ENGINES is ${process.env.TEST_ENGINES}):\n${list}`);
      writeSync(1, `${String(results.numPassedTests)} passed, ${String(failed)} failed\n`);
    });
  }

  getLastError() {}
};
