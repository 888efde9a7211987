import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { io, type Socket } from 'socket.io-client';
import { GalleyProvider, useConnection, useOrders } from '@galley/client/react';
import { type PageCommands } from '../engine-page.js';

const commands: Socket<PageCommands, never> = io();
const heard: string[] = [];
/** Each pause is as long as it can be. */
const LONGEST = 0.999;
let shownAtMs = 0;
let changedAtMs = 0;

function Board() {
  const { orders, pending, tracker } = useOrders();
  useEffect(() => {
    const names = ['created', 'updated', 'deleted'] as const;
    const { current } = tracker;
    const ends = [
      ...names.map((name) => current.on(name, (event) => heard.push(`${name} ${event.orderId} ${event.revision}`))),
      current.on('resync', () => heard.push('resync')),
    ];
    commands.on('move', current.move);
    return () => {
      commands.off('move');
      for (const end of ends) end();
    };
  }, [tracker]);
  useEffect(() => {
    changedAtMs = performance.now();
  });
  return (
    <>
      <p role="status">{useConnection()}</p>
      <ul>
        {orders.map(({ orderId, status }) => (
          <li key={orderId}>{`${orderId}: ${status}`}</li>
        ))}
      </ul>
      <output>{pending.length}</output>
    </>
  );
}

/** Browsers may keep a page that is left, or load it again. */
const timesShown = () => Number(sessionStorage.getItem('timesShown'));

const textOf = (selector: string) => document.querySelector(selector)?.textContent ?? '';

commands.on('view', (answer) => {
  answer({
    connection: textOf('[role=status]'),
    rows: [...document.querySelectorAll('li')].map(({ textContent }) => textContent),
    pending: Number(textOf('output')),
    heard,
    timesShown: timesShown(),
    changedAfterMs: changedAtMs - shownAtMs,
  });
});
commands.on('leave', () => {
  location.assign('/elsewhere');
});
addEventListener('pageshow', () => {
  shownAtMs = performance.now();
  sessionStorage.setItem('timesShown', String(timesShown() + 1));
});

createRoot(document.body).render(
  <StrictMode>
    <GalleyProvider url={location.hash.slice(1)} jitter={() => LONGEST}>
      <Board />
    </GalleyProvider>
  </StrictMode>,
);
