// Follows one order. Usage: node docs/examples/follow.mjs job-1 [url], with a token in GALLEY_TOKEN
import { io } from 'socket.io-client';

const [orderId = 'job-1', url = 'http://localhost:3000'] = process.argv.slice(2);
const socket = io(url, { auth: { token: process.env.GALLEY_TOKEN } });
socket.on('connect', async () => {
  const answer = await socket.emitWithAck('joinRoom', { orderId });
  console.log(answer.ok ? `following ${orderId}` : `refused: ${answer.error.message}`);
});
socket.on('connect_error', (error) => console.log('not connected:', error.message));
socket.on(`${orderId}/update`, ({ status, message = '' }) => console.log(status, message));
socket.on('orderDeleted', (event) => console.log(`${event.orderId} is gone`));
