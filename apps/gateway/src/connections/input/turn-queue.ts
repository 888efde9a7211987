/** The most that the queue takes of one turn of the event loop. */
const MAX_TURN_MS = 2;

/** Runs tasks in their order, a few in each turn of the event loop, so that what else waits for it does not wait long. */
export class TurnQueue {
  private readonly tasks: (() => void)[] = [];

  add(task: () => void): void {
    this.tasks.push(task);
    if (this.tasks.length === 1) setImmediate(this.runSome);
  }

  private readonly runSome = (): void => {
    const end = performance.now() + MAX_TURN_MS;
    let ran = 0;
    do this.tasks[ran++]?.();
    while (ran < this.tasks.length && performance.now() < end);
    this.tasks.splice(0, ran);
    if (this.tasks.length > 0) setImmediate(this.runSome);
  };
}
