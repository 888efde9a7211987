// Follows one order. Usage: node docs/examples/follow.mjs job-1 [url]
import { io } from 'socket.io-client';

const [orderId = 'job-1', url = 'http://localhost:3000'] = process.argv.slice(2);
const socket = io(url);
socket.on('connect', async () => {
  const answer = await socket.emitWithAck('joinRoom', { orderId });
  console.log(answer.ok ? `following ${orderId}` : `refused: ${answer.error.message}`);
});
socket.on(`${orderId}/update`, ({ status, message = '' }) => console.log(status, message));
socket.on('orderDeleted', (event) => console.log(`${event.orderId} is gone`));
