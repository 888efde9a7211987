import { useEffect, useRef, useState } from 'react';
import { type Order } from '@galley/client';
import { type PlacingTracker } from '../moves/edits.js';
import { words } from '../page/page.js';
import { isOfDemoDay, playDay } from './demo-day.js';

/** Starts and stops a day of orders, for somebody who has none yet, and deletes what is left of it. */
export function DemoDayButton({ tracker, orders }: { tracker: () => PlacingTracker; orders: readonly Order[] }) {
  const [isPlaying, setPlaying] = useState(false);
  const latest = useRef({ tracker, orders });
  useEffect(() => {
    latest.current = { tracker, orders };
  });
  useEffect(
    () =>
      isPlaying
        ? playDay(
            () => latest.current.tracker(),
            () => latest.current.orders,
          )
        : undefined,
    [isPlaying],
  );
  const left = isPlaying ? [] : orders.filter(isOfDemoDay);
  return (
    <>
      <button
        className="chip"
        aria-pressed={isPlaying}
        onClick={() => {
          setPlaying(!isPlaying);
        }}
      >
        {isPlaying ? words.demo.stop : words.demo.start}
      </button>
      {left.length > 0 && (
        <button
          className="chip"
          onClick={() => {
            for (const { orderId } of left) tracker().remove(orderId);
          }}
        >
          {words.demo.clear}
        </button>
      )}
    </>
  );
}
