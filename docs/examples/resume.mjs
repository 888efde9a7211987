// Gets every change exactly once, through lost connections.
// Usage: node docs/examples/resume.mjs [url], with a token in GALLEY_TOKEN
import { io } from 'socket.io-client';

const [url = 'http://localhost:3000'] = process.argv.slice(2);
const token = process.env.GALLEY_TOKEN;
let position; // everything up to here has arrived
let updated; // the position of the last orderUpdated
const socket = io(url, { auth: (give) => give({ token, position }) });

socket.onAny((name, payload) => {
  // An update has two events. If the connection ends between them, both are sent again.
  if (name !== 'orderUpdated') position = payload?.position ?? position;
  else if (payload.position !== updated) {
    updated = payload.position;
    console.log(payload.order.orderId, payload.order.status);
  }
});
socket.on('connect_error', (error) => console.log('not connected:', error.message));
socket.on('ready', ({ recovered }) => !recovered && fetchOrders());
socket.on('resync', () => fetchOrders());

async function fetchOrders() {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  // The first page. Where there are more, it has a `nextCursor`.
  const { orders } = await (await fetch(`${url}/orders?limit=200`, { headers })).json();
  console.log(`${orders.length} orders, the newest first`);
}
