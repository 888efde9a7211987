// Prints every event. Usage: node docs/examples/watch.mjs [url], with a token in GALLEY_TOKEN
import { io } from 'socket.io-client';

const auth = { token: process.env.GALLEY_TOKEN };
const socket = io(process.argv[2] ?? 'http://localhost:3000', { auth });
socket.on('connect', () => console.log('connected'));
socket.on('disconnect', (reason) => console.log('disconnected:', reason));
socket.on('connect_error', (error) => console.log('not connected:', error.message));
socket.onAny((name, payload) => console.log(name, JSON.stringify(payload)));
