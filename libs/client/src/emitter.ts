/** Handlers by event name. What a handler throws is nobody else's trouble: it is thrown on, on its own. */
export class Emitter<Events extends object> {
  private readonly handlers = new Map<keyof Events, Set<(payload: never) => void>>();

  on<Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): () => void {
    // One registration, one removal, also for a handler that is registered twice.
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
