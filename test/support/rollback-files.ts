/** A rollback file with the statement uncommented that says that rows are to be dropped. */
export function droppingRows(file: string): string {
  const uncommented = file.replace(/^(-- To drop the rows, uncomment the next line\.\n)-- /m, '$1');
  if (uncommented === file) throw new Error('The file has no such line.');
  return uncommented;
}
