/** The most items of a chunk: so many move when one is added between them. */
const MAX_CHUNK = 512;

/**
 * Keeps items sorted by their places, so that a page is a stretch of the list and nothing is ever sorted. A place has one item
 * at most, and an item never changes its place. The items are in chunks, so that a change moves few of them, however many
 * there are. Must not be changed while it is read.
 */
export class SortedList<Place, Item extends Place = Place> {
  /** None is empty. A chunk that grows at the end of the list becomes full. */
  private readonly chunks: Item[][] = [];
  private count = 0;

  /** @param compare a comparator for `Array.sort` */
  constructor(private readonly compare: (a: Place, b: Place) => number) {}

  get size(): number {
    return this.count;
  }

  /** Adds an item, unless it is there. */
  add(item: Item): void {
    const at = this.chunkFor(item);
    const chunk = this.chunks[at];
    if (!chunk) {
      this.append(item);
      return;
    }
    const index = this.indexIn(chunk, item);
    if (chunk[index] === item) return;
    chunk.splice(index, 0, item);
    this.count++;
    if (chunk.length > MAX_CHUNK) this.chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  /** The same for an item that no other one comes after. It reads no other item, which memory would have to fetch. */
  append(item: Item): void {
    const last = this.chunks.at(-1);
    if (last?.at(-1) === item) return;
    if (last && last.length < MAX_CHUNK) last.push(item);
    else this.chunks.push([item]);
    this.count++;
  }

  /** Removes an item, if it is there. */
  remove(item: Item): void {
    const { chunks } = this;
    const at = this.chunkFor(item);
    const chunk = chunks[at] ?? [];
    const index = chunk.indexOf(item);
    if (index < 0) return;
    chunk.splice(index, 1);
    this.count--;
    const next = chunks[at + 1] ?? [];
    if (chunk.length === 0) {
      chunks.splice(at, 1);
    } else if (next.length > 0 && chunk.length + next.length <= MAX_CHUNK / 2) {
      chunks.splice(at, 2, [...chunk, ...next]);
    }
  }

  /** Whether an item comes after this place. */
  hasAfter(place: Place): boolean {
    const last = this.chunks.at(-1)?.at(-1);
    return last !== undefined && this.compare(last, place) > 0;
  }

  /** What comes after this place, whether there is an item or not; all items without one. */
  *ascending(after?: Place): Generator<Item, void> {
    let at = after === undefined ? 0 : this.chunkFor(after);
    let chunk = this.chunks[at];
    let index = after !== undefined && chunk ? this.indexIn(chunk, after) : 0;
    const first = chunk?.[index];
    if (after !== undefined && first !== undefined && this.compare(first, after) === 0) index++;
    while (chunk) {
      while (index < chunk.length) yield chunk[index++] as Item;
      chunk = this.chunks[++at];
      index = 0;
    }
  }

  /** What comes before this place, the last first, whether there is an item or not; all items without one. */
  *descending(before?: Place): Generator<Item, void> {
    let at = before === undefined ? this.chunks.length : this.chunkFor(before);
    let chunk = this.chunks[at];
    let index = before !== undefined && chunk ? this.indexIn(chunk, before) : 0;
    for (;;) {
      while (chunk && index > 0) yield chunk[--index] as Item;
      chunk = this.chunks[--at];
      if (!chunk) return;
      index = chunk.length;
    }
  }

  /** A list of the same items. */
  copy(): SortedList<Place, Item> {
    const copy = new SortedList<Place, Item>(this.compare);
    copy.chunks.push(...this.chunks.map((chunk) => [...chunk]));
    copy.count = this.count;
    return copy;
  }

  /** The index of the chunk with this place, or of none if it is after all items. */
  private chunkFor(place: Place): number {
    return firstIndex(this.chunks.length, (at) => this.isBefore(this.chunks[at]?.at(-1), place));
  }

  private indexIn(chunk: readonly Item[], place: Place): number {
    return firstIndex(chunk.length, (index) => this.isBefore(chunk[index], place));
  }

  private isBefore(item: Item | undefined, place: Place): boolean {
    return item !== undefined && this.compare(item, place) < 0;
  }
}

/** What is looked for is mostly among the last of all. The others, which the processor has to fetch, are not read for it. */
const LAST_ONES = 8;

/** The first of so many indexes that is not before what is looked for; their number if all are. */
function firstIndex(count: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, count];
  const nearTheEnd = count - LAST_ONES;
  if (nearTheEnd > 0) {
    if (isBefore(nearTheEnd - 1)) low = nearTheEnd;
    else high = nearTheEnd - 1;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
