import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, type ServerToClientEvents } from '@galley/client';

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io();

socket.on('orderUpdated', ({ order, message }) => console.log(order.title, order.status, message));
socket.on('job-1/update', ({ status, revision }) => console.log(status, revision));
socket.emit('joinRoom', { orderId: 'job-1' }, (answer) => {
  console.log(answer.ok ? answer.data.rooms : answer.error.code);
});
