// Serves a page that is beside it. Usage: node docs/examples/serve.mjs [port] [page]
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';

const [port = '8080', page = 'board.html'] = process.argv.slice(2);
const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  createReadStream(new URL(page, import.meta.url)).pipe(response);
});
server.listen(port, 'localhost', () => console.log(`open http://localhost:${server.address().port}`));
