/** Ends the process with the exit code that `work` gives; 2 and the error if it fails. */
export function exitWith(work: Promise<number>): void {
  work.then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 2;
    },
  );
}
