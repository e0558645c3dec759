import { tokenize } from '../sql/tokens';

/** What a statement is, as far as it matters to who runs it. */
export interface StatementTraits {
  readonly returnsRows: boolean;
  /** Whether it can write to the database; if in doubt, yes. */
  readonly mayWrite: boolean;
  /** Whether it changes the state of the connection, which the next user must not inherit. */
  readonly changesConnection: boolean;
  /** Whether anything follows its first semicolon. */
  readonly isSeveral: boolean;
}

const READS = new Set(['select', 'values', 'explain', 'pragma']);
const CHANGES = new Set([
  'pragma',
  'attach',
  'detach',
  'begin',
  'savepoint',
  'release',
  'commit',
  'end',
  'rollback',
]);
const WRITES = new Set(['insert', 'update', 'delete', 'replace']);

/** Reads a statement word by word: comments, strings and quoted names don't count. */
export function traitsOf(sql: string): StatementTraits {
  const words = tokenize(sql).map(({ text, quoted }) => (quoted ? '' : text));
  const [first = '', second = ''] = words;
  const writes = first === 'with' && words.some((word) => WRITES.has(word));
  const reads = READS.has(first) || (first === 'with' && !writes);
  const end = words.indexOf(';');
  return {
    returnsRows: reads || words.includes('returning'),
    mayWrite: !reads,
    changesConnection: CHANGES.has(first) || (first === 'create' && /^temp(orary)?$/.test(second)),
    // The body of a trigger has semicolons of its own.
    isSeveral:
      end !== -1 && end < words.length - 1 && !(first === 'create' && words.includes('trigger')),
  };
}
