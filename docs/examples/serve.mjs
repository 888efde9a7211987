// Serves the board.html beside it. Usage: node docs/examples/serve.mjs [port]
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';

const [port = '8080'] = process.argv.slice(2);
const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  createReadStream(new URL('board.html', import.meta.url)).pipe(response);
});
server.listen(port, 'localhost', () => console.log(`open http://localhost:${server.address().port}`));
