const Sequencer = require('@jest/test-sequencer').default;

/** What takes longest. A fresh clone has no times of an earlier run to go by, and would begin it last. */
const LONG = [
  'd1/parity.spec.ts',
  'd1/parity-2.spec.ts',
  'd1/parity-3.spec.ts',
  'd1/parity-4.spec.ts',
  'd1/wrangler-project.spec.ts',
  'generate/generate.spec.ts',
  'cli/typeorm-cli.spec.ts',
  'entities/properties.spec.ts',
  'd1/better-auth.spec.ts',
  'cli/commands.spec.ts',
  'd1/example.spec.ts',
  'package/package.spec.ts',
  'docs/readme.spec.ts',
  'migrations/concurrency.spec.ts',
  'cli/exit-codes.spec.ts',
];

const rank = ({ path }) => {
  const index = LONG.findIndex((name) => path.endsWith(name));
  return index === -1 ? LONG.length : index;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
