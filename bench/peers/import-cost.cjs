// Imports the modules that are named, and prints what that cost as JSON. Run with --expose-gc.
'use strict';

const start = performance.now();
for (const name of process.argv.slice(2)) require(name);
const milliseconds = performance.now() - start;
const { rss } = process.memoryUsage();
globalThis.gc();
const { heapUsed } = process.memoryUsage();
console.log(
  JSON.stringify({ milliseconds, rss, heapUsed, modules: Object.keys(require.cache).length }),
);
