import type { Opening } from '../engine';

export const postgresOpening: Opening = {
  forms: ['postgres://user:password@host:port/database'],
  read: (url) => (/^postgres(ql)?:\/\/./.test(url) && canRead(url) ? url : undefined),
  options: (url) => ({
    type: 'postgres',
    url,
    applicationName: 'typeorm-billing',
    // gen_random_uuid() is built in; connecting must not install an extension.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
  }),
};

/** Whether the driver can read the URL: it decodes each part. */
function canRead(url: string): boolean {
  try {
    const { username, password, pathname } = new URL(url);
    [username, password, pathname].forEach(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}
