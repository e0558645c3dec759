/** A column that `changeTables()` drops from a table which stays. */
export interface GoneColumn {
  readonly table: string;
  readonly column: string;
  /** Its definition. */
  readonly text: string;
}

const gone = new WeakMap<object, GoneColumn[]>();

/** From now on {@link goneColumns} knows what `changeTables()` drops where this takes its statements. */
export function watchColumns(recorder: object): void {
  gone.set(recorder, []);
}

/** @param find is called only if somebody watches */
export function noteGone(recorder: object, find: () => readonly GoneColumn[]): void {
  gone.get(recorder)?.push(...find());
}

export const goneColumns = (recorder: object): readonly GoneColumn[] => gone.get(recorder) ?? [];
