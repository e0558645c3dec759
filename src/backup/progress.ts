/** How far a backup or a restore is. */
export interface Progress {
  /** `check` compares the files with their sums; `insert` moves the rows that were read into the tables. */
  readonly step: 'backup' | 'check' | 'read' | 'insert';
  readonly table: string;
  /** Of this table, so far. */
  readonly rows: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;
