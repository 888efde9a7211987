import { useEffect, useState } from 'react';
import { type HistoryEntry, type OrderHistory } from '@galley/client';
import { request } from '../page/rest.js';

/** So many changes are shown at first. One more is read, which tells what the last of them has changed. */
const SHOWN_AT_FIRST = 5;
/** The largest page that the orders API gives. */
const MAX_READ = 200;

export interface ReadHistory {
  /** Newest first. */
  entries: readonly HistoryEntry[];
  /** Whether the last entry is the first change of the order. */
  isAll: boolean;
  hasFailed: boolean;
  readOlder: () => void;
}

/** The newest changes of an order. @param revision they are read again when it is another one */
export function useHistory(orderId: string, revision: number): ReadHistory {
  const [limit, setLimit] = useState(SHOWN_AT_FIRST + 1);
  const [answer, setAnswer] = useState<OrderHistory>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    const reading = new AbortController();
    const path = `/orders/${encodeURIComponent(orderId)}/history?order=newest&limit=${limit}`;
    request<OrderHistory>('GET', path, reading.signal).then(
      (history) => {
        setFailed(false);
        setAnswer(history);
      },
      () => {
        if (!reading.signal.aborted) setFailed(true);
      },
    );
    return () => {
      reading.abort();
    };
  }, [orderId, revision, limit]);
  return {
    entries: answer?.history ?? [],
    isAll: answer !== undefined && answer.nextCursor === undefined,
    hasFailed,
    readOlder: () => {
      setLimit(MAX_READ);
    },
  };
}
