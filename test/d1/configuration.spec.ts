import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WranglerProject } from './host-project';

const FIXTURE = join(__dirname, 'fixtures/host-project');

describe('a wrangler configuration that DATABASE_URL=d1:BINDING does not fit', () => {
  it('U3 the error for an unknown binding names it and those that exist', async () => {
    const host = await WranglerProject.copy(FIXTURE);
    const { exitCode, stdout, stderr } = await host.billing(['status'], { DATABASE_URL: 'd1:BD' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/no D1 binding "BD", but DB: add it to d1_databases/);
  });

  it('U3 without the package wrangler the error names what to install', async () => {
    const host = await WranglerProject.copy(FIXTURE);
    rmSync(join(host.folder, 'node_modules/wrangler'));
    const { exitCode, stdout, stderr } = await host.billing(['status']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/needs the package wrangler.*npm install --save-dev wrangler/);
  });

  it.each([
    [
      'no configuration',
      (file: string) => rmSync(file),
      {},
      /needs a wrangler\.jsonc, .*: run from the folder of your Worker/,
    ],
    [
      'one that is no JSON',
      (file: string) => writeFileSync(file, '{\n"name" "x"\n}'),
      {},
      /can't be read \(\S+wrangler\.jsonc:2: ColonExpected\)/,
    ],
    [
      'no such environment',
      () => undefined,
      { CLOUDFLARE_ENV: 'nowhere' },
      /No environment found in configuration with name "nowhere"/,
    ],
  ])('U3 %s is reported, and nothing is made', async (_, spoil, env, hint) => {
    const host = await WranglerProject.copy(FIXTURE);
    spoil(join(host.folder, 'wrangler.jsonc'));
    const { exitCode, stdout, stderr } = await host.billing(['migrate'], env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(hint);
    expect(readdirSync(host.folder)).not.toContain('.wrangler');
  });
});
