import { trackOrders } from '@galley/client/read';

const wall = trackOrders({ url: location.origin, status: ['In Printing', 'In Binding'] });
wall.subscribe(() => {
  const { connection, orders } = wall.getSnapshot();
  document.body.textContent = `${connection}: ${orders.map(({ title }) => title).join(', ')}`;
});
