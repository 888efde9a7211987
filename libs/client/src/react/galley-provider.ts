import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  useRef,
  type ReactElement,
  type ReactNode,
} from 'react';
import { type TrackOptions } from '@galley/client';
import { TrackerPool } from './tracker-pool.js';

const PoolContext = createContext<TrackerPool | undefined>(undefined);

export interface GalleyProviderProps extends TrackOptions {
  children?: ReactNode;
}

/**
 * Gives the components below it their orders, over one connection. Its properties are the options of a tracker. Another `url`,
 * `path`, `offlineAfterMs`, or text as `token` makes another connection. A function as `token` may be a new one each time: the
 * latest is called.
 */
export function GalleyProvider({ children, ...options }: GalleyProviderProps): ReactElement {
  const latest = useRef<TrackOptions>(options);
  useEffect(() => {
    latest.current = options;
  });
  const { url, path, offlineAfterMs, token } = options;
  const tokenText = typeof token === 'string' ? token : undefined;
  const hasTokenFunction = typeof token === 'function';
  const pool = useMemo(() => {
    const currentToken = () => {
      const { token } = latest.current;
      return typeof token === 'function' ? token() : token;
    };
    return new TrackerPool({
      ...options,
      token: hasTokenFunction ? currentToken : tokenText,
    });
  }, [url, path, offlineAfterMs, tokenText, hasTokenFunction]);
  return createElement(PoolContext.Provider, { value: pool }, children);
}

/** @throws Error outside of a provider */
export function usePool(): TrackerPool {
  const pool = useContext(PoolContext);
  if (!pool) throw new Error('useOrders, useOrder and useConnection need a <GalleyProvider url="..."> above them');
  return pool;
}
