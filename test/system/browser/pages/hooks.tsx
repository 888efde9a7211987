import { memo, StrictMode, useEffect, useState } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { type Order } from '@galley/client';
import { GalleyProvider, useConnection, useOrder, useOrders } from '@galley/client/react';
import { type HooksPage } from '../hooks-page.js';

const hooksPage: HooksPage = {
  rendered: [],
  longTasksMs: [],
  announcements: [],
  hydrationProblems: [],
  show: () => undefined,
  hydrate,
};
Object.assign(globalThis, { hooksPage });
new PerformanceObserver((tasks) => {
  hooksPage.longTasksMs.push(...tasks.getEntries().map(({ duration }) => duration));
}).observe({ type: 'longtask' });

const Row = memo(function Row({ order }: { order: Order }) {
  hooksPage.rendered.push(`${order.orderId}:${order.revision}`);
  return <li>{`${order.orderId}:${order.status}`}</li>;
});

function List({ scope }: { scope: Parameters<typeof useOrders>[0] }) {
  const { orders, tracker } = useOrders(scope);
  useEffect(
    () => tracker.current.on('announcement', ({ message }) => hooksPage.announcements.push(message)),
    [tracker],
  );
  return orders.map((order) => <Row key={order.orderId} order={order} />);
}

function One({ orderId }: { orderId: string }) {
  const { order } = useOrder(orderId);
  return <li>{`${orderId} is ${order?.status ?? 'unknown'}`}</li>;
}

/** The scopes are new objects in each rendering, as programs write them. */
function View({ name }: { name: string }) {
  if (name === 'open') return <List scope={{ open: true }} />;
  if (name === 'printing') return <List scope={{ status: ['In Printing'], open: true }} />;
  return <One orderId={name} />;
}

function App() {
  const [views, setViews] = useState<string[]>(['open']);
  useEffect(() => {
    hooksPage.show = setViews;
  }, []);
  return (
    <GalleyProvider url={location.origin} token={() => undefined}>
      <Connection />
      <ul>
        {views.map((name, index) => (
          <View key={`${name}-${index}`} name={name} />
        ))}
      </ul>
    </GalleyProvider>
  );
}

function Connection() {
  return <p role="status">{useConnection()}</p>;
}

const board = document.querySelector<HTMLElement>('#board') ?? document.body;
const app = (
  <StrictMode>
    <App />
  </StrictMode>
);
if (location.hash !== '#server') createRoot(board).render(app);

addEventListener('online', () => {
  const backAt = performance.now();
  const status = document.querySelector('[role=status]');
  const timer = setInterval(() => {
    if (status?.textContent !== 'live') return;
    clearInterval(timer);
    hooksPage.liveAfterReturnMs = performance.now() - backAt;
  }, 1);
});

function hydrate(): string {
  board.innerHTML = renderToString(app);
  const html = board.innerText;
  hydrateRoot(board, app, { onRecoverableError: (error) => hooksPage.hydrationProblems.push(String(error)) });
  return html;
}
