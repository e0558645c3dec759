// Backs up or restores as a process of its own, and prints its time and the most memory it had.
const { join } = require('node:path');
const { DataSource } = require('typeorm');

const { backup, restore, SqliteDataSource, userBilling } = require(
  join(__dirname, '../../dist/index.js'),
);

const [what, folder, url] = process.argv.slice(2);
const isSqlite = url.startsWith('sqlite:');
const { entities, migrations } = userBilling;
const dataSource = isSqlite
  ? new SqliteDataSource({ database: url.slice(7), entities, migrations: migrations.sqlite })
  : new DataSource({ type: 'postgres', url, entities, migrations: migrations.postgres });

async function main() {
  await dataSource.initialize();
  const start = performance.now();
  await (what === 'backup' ? backup : restore)(dataSource, folder);
  const milliseconds = performance.now() - start;
  console.log(JSON.stringify({ milliseconds, mebibytes: process.resourceUsage().maxRSS / 1024 }));
  await dataSource.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
