/** Something that goes wrong in a shop. */
export interface Incident {
  name: string;
  /** The alerts that it must raise, all of them. */
  alerts: readonly string[];
  /** What somebody with the dashboard must see meanwhile, all of it. */
  seen: readonly Sight[];
  provoke: () => Promise<unknown>;
  end: () => Promise<unknown>;
}

/** Where the dashboard shows that something is wrong. */
export interface Sight {
  panel: string;
  /** One of the lines of the panel. */
  legend: string;
  /** What is to be seen there, such as `> 5`. */
  value: string;
  /** The labels of what is wrong. */
  of: Readonly<Record<string, string>>;
}

export const see = (panel: string, legend: string, value: string, of: Sight['of'] = {}): Sight => ({
  ...{ panel, legend, value, of },
});

/** Repeats something until it is told to stop. */
export function repeatedly(act: () => unknown, everyMs: number): () => void {
  const timer = setInterval(() => void act(), everyMs);
  return () => {
    clearInterval(timer);
  };
}

/** @throws if they differ */
export function expectStatus(status: number, expected: number): void {
  if (status !== expected) throw new Error(`The answer is ${status}, not ${expected}`);
}
