import { BillingError } from '../../errors';

/** Gives the turn back. Further calls do nothing. */
export type Release = () => void;

/**
 * Lets the writers of one file take turns within this process.
 *
 * SQLite itself would make each wait in a thread, and Node has four: with four writers waiting, the
 * one that holds the lock could no longer send its COMMIT.
 */
export class WriteTurn {
  #held = false;
  readonly #queue: (() => void)[] = [];

  constructor(
    private readonly file: string,
    /** Milliseconds that one writer may keep the others waiting. */
    private readonly patience: number,
  ) {}

  /** @throws BillingError `DATABASE_BUSY` if one writer keeps the turn for too long. */
  async take(): Promise<Release> {
    if (this.#held) await this.#wait();
    this.#held = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#queue.shift();
      if (next) next();
      else this.#held = false;
    };
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearInterval(timer);
        resolve();
      };
      let ahead = this.#queue.length;
      const timer = setInterval(() => {
        const position = this.#queue.indexOf(enter);
        if (position < ahead) {
          ahead = position;
          return;
        }
        clearInterval(timer);
        this.#queue.splice(position, 1);
        reject(
          BillingError.databaseBusy(
            `A transaction has held ${this.file} for over ${this.patience} ms while another write waited`,
            'inside a transaction write through its entity manager, and keep it short',
          ),
        );
      }, this.patience);
      this.#queue.push(enter);
    });
  }
}
