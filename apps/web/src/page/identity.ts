import { useSyncExternalStore } from 'react';
import { type Actor } from '@galley/client';
import { words, tokenUrl } from './page.js';

/** Where a token stays while the tab is open. */
const KEY = 'galley:token';
const listeners = new Set<() => void>();

export const storedToken = (): string | undefined => sessionStorage.getItem(KEY) ?? undefined;

let signIns = 0;

/** @param token undefined to sign out */
export function signInWith(token: string | undefined): void {
  signIns++;
  keep(token);
}

function keep(token: string | undefined): void {
  if (token === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token.trim());
  for (const listener of listeners) listener();
}

/** Takes a token out of the address (`#token=…`), so that it is in no history and no link. */
function takeFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  signInWith(token === '' ? undefined : token);
}

takeFromAddress();
// A link with a token, opened where the page is shown already.
addEventListener('hashchange', takeFromAddress);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The token of this tab; undefined if there is none. */
export const useToken = (): string | undefined => useSyncExternalStore(subscribe, storedToken);

/** How often somebody has given a token. The tokens of a shop's own sign-in do not count. */
export const useSignIns = (): number => useSyncExternalStore(subscribe, () => signIns);

/** The current token for a request: from the shop's own sign-in if it has one, or else the one that was pasted. */
export async function currentToken(): Promise<string | undefined> {
  if (tokenUrl === undefined) return storedToken();
  const response = await fetch(tokenUrl, { cache: 'no-store' });
  const token = response.ok ? (await response.text()).trim() : '';
  if (token !== '' && token !== storedToken()) keep(token);
  return storedToken();
}

export interface Identity {
  role?: string;
  sub?: string;
}

/** What the token says about its holder. Only the server checks that it is true. */
export function identityOf(token: string | undefined): Identity {
  const [, payload = ''] = (token ?? '').split('.');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const { role, sub } = JSON.parse(new TextDecoder().decode(bytes)) as Identity;
    return { role, sub };
  } catch {
    return {};
  }
}

/** Tells users apart. A later token of the same user has the same text. */
export const userOf = (token: string | undefined): string => JSON.stringify(identityOf(token));

/** @returns undefined if nobody knows who it was, as in open mode */
export function nameOf(actor: Actor | undefined, style: 'in a line' | 'first' = 'in a line'): string | undefined {
  if (!actor || actor.role === 'anonymous') return undefined;
  if (actor.role === 'system') return words.people.system;
  const { sub } = identityOf(storedToken());
  if ('sub' in actor && actor.sub === sub) return style === 'first' ? words.people.You : words.people.you;
  if (!('sub' in actor)) return undefined;
  const name = actor.sub.charAt(0).toUpperCase() + actor.sub.slice(1);
  return actor.role === 'customer' ? words.people.customer(name) : name;
}
