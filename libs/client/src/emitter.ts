type Handlers<Events> = Set<(payload: Events[keyof Events]) => void>;

/** Handlers by event name. If a handler throws, the error is thrown on separately and the other handlers still run. */
export class Emitter<Events extends object> {
  readonly #handlers: Map<keyof Events, Handlers<Events>>;

  /** @param names all events */
  constructor(names: readonly (keyof Events)[]) {
    this.#handlers = new Map(names.map((name) => [name, new Set()]));
  }

  /**
   * @returns a function that removes the handler
   * @throws TypeError if there is no such event, for programs that no compiler has checked
   */
  on<Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): () => void {
    const handlers = this.#handlers.get(name);
    if (!handlers) {
      throw new TypeError(`There is no event ${JSON.stringify(name)}, only ${[...this.#handlers.keys()].join(', ')}`);
    }
    // A new function for each registration, so that a handler that is registered twice can be removed once.
    const registered = (payload: Events[keyof Events]) => {
      handler(payload as Events[Name]);
    };
    handlers.add(registered);
    return () => {
      handlers.delete(registered);
    };
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const handler of [...(this.#handlers.get(name) ?? [])]) {
      try {
        handler(payload);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Removes all handlers. */
  clear(): void {
    for (const handlers of this.#handlers.values()) handlers.clear();
  }
}
