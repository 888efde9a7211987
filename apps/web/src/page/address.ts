import { useCallback, useMemo, useSyncExternalStore } from 'react';

const VIEWS = ['columns', 'list', 'closed'] as const;
const SORTS = ['newest', 'due'] as const;
const FILTERS = ['all', 'late', 'rush', 'today'] as const;

export type View = (typeof VIEWS)[number];
export type Sort = (typeof SORTS)[number];
export type Filter = (typeof FILTERS)[number];

/** What the address of the board says about what is shown. */
export interface BoardAddress {
  view: View;
  sort: Sort;
  filter: Filter;
  /** What is searched for. */
  q: string;
  /** The id of the order in the panel. */
  order?: string;
}

const oneOf = <T extends string>(values: readonly [T, ...T[]], given: string | null): T =>
  values.find((value) => value === given) ?? values[0];

/** @param search the query of a URL. What it does not say, or says wrongly, is the default */
export function parseAddress(search: string): BoardAddress {
  const given = new URLSearchParams(search);
  const order = given.get('order');
  return {
    view: oneOf(VIEWS, given.get('view')),
    sort: oneOf(SORTS, given.get('sort')),
    filter: oneOf(FILTERS, given.get('show')),
    q: given.get('q') ?? '',
    ...(order !== null && { order }),
  };
}

/** The query of a URL with this address, without defaults. Keeps the fields of others, such as `lang`. */
export function formatAddress(address: BoardAddress, search = ''): string {
  const query = new URLSearchParams(search);
  const fields = {
    view: address.view === VIEWS[0] ? '' : address.view,
    sort: address.sort === SORTS[0] ? '' : address.sort,
    show: address.filter === FILTERS[0] ? '' : address.filter,
    q: address.q,
    order: address.order ?? '',
  };
  for (const [name, value] of Object.entries(fields)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}

/** The address, and a function that changes it. Another order or view is a step that the browser can go back. */
export function useAddress(): [BoardAddress, (change: Partial<BoardAddress>) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const address = useMemo(() => parseAddress(search), [search]);
  const go = useCallback((change: Partial<BoardAddress>) => {
    const now = parseAddress(location.search);
    const next = formatAddress({ ...now, ...change }, location.search);
    if (next === location.search) return;
    const isStep = 'view' in change || 'order' in change;
    history[isStep ? 'pushState' : 'replaceState'](null, '', `${location.pathname}${next}`);
    for (const listener of listeners) listener();
  }, []);
  return [address, go];
}
