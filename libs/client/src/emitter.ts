/** Handlers by event name. If a handler throws, the error is thrown on separately and the other handlers still run. */
export class Emitter<Events extends object> {
  private readonly handlers = new Map<keyof Events, Set<(payload: never) => void>>();

  on<Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): () => void {
    // A new function for each registration, so that a handler that is registered twice can be removed once.
    const registered = (payload: Events[Name]) => {
      handler(payload);
    };
    const handlers = this.handlers.get(name) ?? new Set();
    this.handlers.set(name, handlers.add(registered));
    return () => {
      handlers.delete(registered);
    };
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const handler of [...(this.handlers.get(name) ?? [])]) {
      try {
        (handler as (payload: Events[Name]) => void)(payload);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.handlers.clear();
  }
}
