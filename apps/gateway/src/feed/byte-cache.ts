/** Keeps what was used last, up to so many bytes together. */
export class ByteCache<Value extends { readonly bytes: number }> {
  /** The value that was used last is at the end. */
  private readonly values = new Map<string, Value>();
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  get(key: string): Value | undefined {
    const value = this.values.get(key);
    if (value) {
      this.values.delete(key);
      this.values.set(key, value);
    }
    return value;
  }

  set(key: string, value: Value): void {
    this.delete(key);
    this.values.set(key, value);
    this.bytes += value.bytes;
    for (const oldest of this.values.keys()) {
      if (this.bytes <= this.limitBytes) return;
      this.delete(oldest);
    }
  }

  clear(): void {
    this.values.clear();
    this.bytes = 0;
  }

  private delete(key: string): void {
    this.bytes -= this.values.get(key)?.bytes ?? 0;
    this.values.delete(key);
  }
}
