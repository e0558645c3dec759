type Close = () => unknown;

const ofFile: Close[] = [];
const ofTest: Close[] = [];
let current = ofFile;

/**
 * Has something closed when it is no longer needed: what a test or its `beforeEach` opened when that
 * test ends, what a `beforeAll` opened when the file ends. No spec closes what test support opened,
 * so a `beforeAll` that fails leaves no `afterAll` that fails for another reason.
 */
export function closeAfterwards(close: Close): void {
  current.push(close);
}

/** Called by `setup.ts` alone. */
export function beginTest(): void {
  current = ofTest;
}

/** Called by `setup.ts` alone. */
export async function endTest(): Promise<void> {
  current = ofFile;
  await closeAll(ofTest);
}

/** Called by `setup.ts` alone. */
export async function endFile(): Promise<void> {
  await closeAll(ofFile);
}

/** The last one first: a DataSource before its database. */
async function closeAll(opened: Close[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of opened.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
