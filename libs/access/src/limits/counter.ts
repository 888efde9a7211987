/** Counts open things by key, such as connections by address. A key with nothing open takes no memory. */
export class Counter {
  private readonly counts = new Map<string, number>();
  private sum = 0;

  /** How many are open for all keys together. */
  get total(): number {
    return this.sum;
  }

  count(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  increment(key: string): void {
    this.sum++;
    this.counts.set(key, this.count(key) + 1);
  }

  decrement(key: string): void {
    const left = this.count(key) - 1;
    if (left < 0) return;
    this.sum--;
    if (left > 0) this.counts.set(key, left);
    else this.counts.delete(key);
  }
}
