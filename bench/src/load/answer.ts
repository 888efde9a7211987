/** Answers the first message of the parent process with what `work` makes of it, and ends. */
export function answerParent(work: (message: unknown) => Promise<unknown>): void {
  process.once('message', (message) => {
    work(message).then(
      (answer) => {
        process.send?.(answer, () => process.exit(0));
      },
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
