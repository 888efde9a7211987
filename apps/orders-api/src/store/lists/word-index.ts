import { ListedOrders, type ListedOrder } from './listed-orders.js';

/** The most orders of a branch that is not divided. A search for a rare word may examine so many in vain. */
const MAX_UNDIVIDED = 1_024;

/** The orders that have a word with this beginning. */
interface Branch {
  beginning: string;
  orders: ListedOrders;
  /** The orders with longer words, by the next letter. Absent as long as there are few orders. */
  branches?: Branches;
}

type Branches = Map<string, Branch>;

/** Puts an order into a list. */
type Put = (orders: ListedOrders) => void;

/** What a search finds by one word. */
export interface FoundByWord {
  orders: ListedOrders;
  /** Whether all of them have such a word. Otherwise others are among them, but not many. */
  isExact: boolean;
}

/**
 * Finds the orders that have a word with some beginning. It is a tree of beginnings, with the orders of each in a list. It
 * branches only where words differ and where there are many orders: so an order is in two or three lists for each of its
 * words, however long that is.
 */
export class WordIndex {
  private readonly branches: Branches = new Map();

  /**
   * Puts an order under the words that it has now, and takes it from under the others.
   * @param before its search text before, empty if it was not in the index
   * @param now its search text, as its facts have it, or empty if it leaves the index
   * @param put puts it into a list
   */
  move(listed: ListedOrder, before: string, now: string, put: Put): void {
    if (before === now) return;
    const [old, current] = [wordsIn(before), wordsIn(now)];
    for (const word of old) if (!current.includes(word)) this.remove(listed, word, current);
    for (const word of current) if (!old.includes(word)) add(this.branches, 0, word, put);
  }

  find(word: string): FoundByWord {
    let branches: Branches | undefined = this.branches;
    let orders = new ListedOrders();
    let depth = 0;
    while (branches && depth < word.length) {
      const branch: Branch | undefined = branches.get(word.charAt(depth));
      depth = branch ? commonLength(word, branch.beginning) : 0;
      if (!branch || depth < Math.min(word.length, branch.beginning.length)) {
        return { orders: new ListedOrders(), isExact: true };
      }
      ({ orders, branches } = branch);
    }
    return { orders, isExact: depth === word.length };
  }

  /** @param others the other words of the order, which keep it in the lists that they share */
  private remove(listed: ListedOrder, word: string, others: readonly string[]): void {
    let branches: Branches | undefined = this.branches;
    for (let depth = 0; branches;) {
      const letter = word.charAt(depth);
      const branch: Branch | undefined = branches.get(letter);
      if (!branch) return;
      const { beginning, orders } = branch;
      if (!others.some((other) => other.startsWith(beginning))) orders.remove(listed);
      if (orders.size === 0) branches.delete(letter);
      depth = beginning.length;
      ({ branches } = branch);
    }
  }
}

/** @param depth how many letters of the word lead to these branches */
function add(branches: Branches, depth: number, word: string, put: Put): void {
  const letter = word.charAt(depth);
  if (letter === '') return;
  const found = branches.get(letter);
  const branch = found ? shortened(found, commonLength(found.beginning, word)) : leaf(word);
  if (branch !== found) branches.set(letter, branch);
  put(branch.orders);
  if (branch.branches) add(branch.branches, branch.beginning.length, word, put);
  else if (branch.orders.size > MAX_UNDIVIDED) divide(branch);
}

const leaf = (beginning: string): Branch => ({ beginning, orders: new ListedOrders() });

/** The branch of a shorter beginning, which so far has the same orders. */
function shortened(branch: Branch, length: number): Branch {
  const { beginning, orders, branches } = branch;
  if (length === beginning.length) return branch;
  const shorter = beginning.slice(0, length);
  if (!branches) return { beginning: shorter, orders };
  return { beginning: shorter, orders: orders.copy(), branches: new Map([[beginning.charAt(length), branch]]) };
}

/** Gives a branch its own branches. */
function divide(branch: Branch): void {
  const { beginning, orders } = branch;
  const branches: Branches = new Map();
  branch.branches = branches;
  for (const listed of orders.ascending()) {
    const put: Put = (longer) => {
      longer.append(listed);
    };
    for (const word of wordsIn(listed.facts.searchText)) {
      if (word.startsWith(beginning)) add(branches, beginning.length, word, put);
    }
  }
}

/** The words of a search text. */
const wordsIn = (searchText: string): string[] => searchText.split(' ').slice(1);

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a.charAt(length) === b.charAt(length)) length++;
  return length;
}
