/** Bytes for an HTTP server. `what` names the problem with them. */
export interface HostileRequest {
  what: string;
  bytes: Buffer;
}

const END = '\r\n\r\n';
/** The largest JSON body that the API accepts, in bytes. */
const MAX_BODY = 65_536;

const raw = (what: string, bytes: string | Buffer): HostileRequest => ({ what, bytes: Buffer.from(bytes) });

/** A request that is otherwise valid. */
function request(what: string, line: string, headers: string[] = [], body: string | Buffer = ''): HostileRequest {
  const head = [`${line} HTTP/1.1`, 'Host: localhost', ...headers, 'Connection: close'].join('\r\n');
  return { what, bytes: Buffer.concat([Buffer.from(head + END, 'latin1'), Buffer.from(body)]) };
}

function post(what: string, body: string | Buffer, type = 'application/json'): HostileRequest {
  return request(what, 'POST /orders', [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`], body);
}

const chunked = (what: string, chunks: string, headers: string[] = ['Transfer-Encoding: chunked']) =>
  request(what, 'POST /orders', ['Content-Type: application/json', ...headers], chunks);

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

const order = (more: string) => `{"customerId":"eve","title":"a","quantity":1,${more}}`;
const nested = (levels: number) => `{"title":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** Bytes that are no valid HTTP request. */
const LINES: HostileRequest[] = [
  raw('no HTTP', `garbage${END}`),
  raw('binary', Buffer.from(Array.from({ length: 256 }, (_, i) => i))),
  raw('TLS', Buffer.from('160301020001000100030300', 'hex')),
  raw('HTTP/2', `PRI * HTTP/2.0${END}SM${END}`),
  raw('another version', `GET /orders HTTP/9.9\r\nHost: localhost${END}`),
  raw('no version', `GET /nowhere${END}`),
  raw('no path', `GET  HTTP/1.1\r\nHost: localhost${END}`),
  raw('an unknown method', `EAT /orders HTTP/1.1\r\nHost: localhost${END}`),
  raw('a space in the path', `GET /or ders HTTP/1.1\r\nHost: localhost${END}`),
  raw('NUL in the path', `GET /orders/\0 HTTP/1.1\r\nHost: localhost${END}`),
  raw('no Host', `GET /orders HTTP/1.1${END}`),
  raw('bytes before', `\0\0GET /orders HTTP/1.1\r\nHost: localhost${END}`),
  raw('a tunnel', `CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22${END}`),
  raw('garbage behind a request', `GET /nowhere HTTP/1.1\r\nHost: localhost${END}garbage${END}`),
  raw(
    'a second request in a body',
    `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 0${END}GET /orders HTTP/1.1${END}`,
  ),
];

const HEADERS: HostileRequest[] = [
  ...['no colon', 'A b: c', ': a', '\0: a', 'A: \0', 'A: b\rc', ' folded: a', 'Content-Length: -1'].map((header) =>
    request(`the header ${JSON.stringify(header)}`, 'GET /nowhere', [header]),
  ),
  ...['-1', 'abc', '1e3', '0x10', '1, 2', '99999999999999999999', '+1'].map((length) =>
    request(
      `a length of ${length}`,
      'POST /orders',
      ['Content-Type: application/json', `Content-Length: ${length}`],
      '{}',
    ),
  ),
  request('two lengths', 'POST /orders', ['Content-Length: 2', 'Content-Length: 3'], '{}'),
  request('a length and chunks', 'POST /orders', ['Content-Length: 2', 'Transfer-Encoding: chunked'], `0${END}`),
  request('an overlong header', 'GET /orders', [`A: ${'a'.repeat(100_000)}`]),
  request(
    'too many headers',
    'GET /orders',
    Array.from({ length: 5_000 }, (_, i) => `a-${i}: ${i}`),
  ),
  request('an expectation', 'POST /nowhere', ['Expect: everything', 'Content-Length: 0']),
  request('another Host twice', 'GET /nowhere', ['Host: evil.example', 'Host: localhost:22']),
  request('a forged origin', 'GET /nowhere', ['Origin: null', 'X-Forwarded-For: a, \u00ff, 127.0.0.1, ::::']),
];

const URLS: HostileRequest[] = [
  ...['%', '%z', '%zz', '%ff', '%c0%ae', '%00', '%0d%0aa:%20b', '%2e%2e%2fa', '%u0041', '\u00ff', '{"$gt":""}'].map(
    (id) => request(`the order ${id}`, `GET /orders/${id}`),
  ),
  ...[
    '//',
    '/../../etc/passwd',
    '/%2e%2e/',
    '/orders/a/b/c',
    '/orders/a%2fhistory',
    '/;/',
    '/orders;a=b',
    '/nowhere?%',
    '/#a',
  ].map((path) => request(`the path ${path}`, `GET ${path}`)),
  ...['http://evil.example/nowhere', 'http://[::1/', 'file:///etc/passwd', '*', '?'].map((target) =>
    request(`the target ${target}`, `OPTIONS ${target}`),
  ),
  request('an overlong path', `GET /${'a'.repeat(100_000)}`),
  request('a long id', `GET /orders/${'a'.repeat(8_000)}`),
  request('a long query', `GET /orders?cursor=${'a'.repeat(8_000)}`),
  request('many parameters', `GET /orders?${'a&'.repeat(4_000)}`),
  ...['TRACE', 'PUT', 'PROPFIND', 'QUERY', 'HEAD'].map((method) => request(method, `${method} /nowhere`)),
];

const BODIES: HostileRequest[] = [
  post('an oversize body', order(`"message":"${'a'.repeat(MAX_BODY)}"`)),
  post('10,000 levels', nested(10_000)),
  post('10,000 levels that never close', '['.repeat(10_000)),
  post('10,000 objects in each other', '{"a":'.repeat(10_000)),
  post('a prototype', order('"__proto__":{"status":"Delivery"}')),
  post('an escaped prototype', order('"\\u005f_proto__":{"status":"Delivery"}')),
  post('a constructor', order('"constructor":{"prototype":{"status":"Delivery"}}')),
  post(
    'invalid UTF-8',
    Buffer.concat([Buffer.from('{"\xff\xfe":'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('}')]),
  ),
  post('a huge number', order('"message":1e999')),
  post('a key 10,000 times', `{${'"a":1,'.repeat(9_000)}"a":1}`),
  ...['', 'null', '"a"', '1', '[]', '{', '{"title":}', '{a:1}', "{'a':1}", '{}{}', '\ufeff', 'NaN', '\0'].map((body) =>
    post(`the body ${JSON.stringify(body)}`, body),
  ),
  ...['text/plain', 'application/xml', 'multipart/form-data', 'application/x-www-form-urlencoded', 'a', '/', ''].map(
    (type) => post(`the type ${type}`, order('"message":"a"'), type),
  ),
  request('no type', 'POST /orders', ['Content-Length: 2'], '{}'),
  ...['zz', '-1', '0x1', 'ffffffffffffffff', 'fffffffffffffffff', ''].map((size) =>
    chunked(`a chunk of ${size}`, `${size}\r\n{}\r\n0${END}`),
  ),
  chunked('a chunk that is longer than it says', `1\r\n{}\r\n0${END}`),
  chunked('a long chunk extension', `2;${'a'.repeat(100_000)}\r\n{}\r\n0${END}`),
  chunked('oversize chunks', chunk(`"${'a'.repeat(1_000)}"`).repeat(100) + `0${END}`),
  chunked('long trailers', `0\r\n${'a: b\r\n'.repeat(10_000)}\r\n`),
  ...['gzip', 'gzip, chunked', 'chunked, identity', 'chunked, chunked', 'xchunked'].map((encoding) =>
    chunked(`the encoding ${encoding}`, `2\r\n{}\r\n0${END}`, [`Transfer-Encoding: ${encoding}`]),
  ),
];

const POLLING = '/socket.io/?EIO=4&transport=polling';

const KEY = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';

const upgrade = (what: string, query: string, ...headers: string[]) =>
  raw(
    `an upgrade with ${what}`,
    [
      `GET /socket.io/${query} HTTP/1.1`,
      'Host: localhost',
      'Connection: Upgrade, close',
      'Upgrade: websocket',
      ...headers,
    ].join('\r\n') + END,
  );

/** Requests for a gateway. */
const SESSIONS: HostileRequest[] = [
  ...['', '?', '?EIO=4', '?EIO=3&transport=polling', '?EIO=9&transport=polling', '?EIO=4&transport=websocket'].map(
    (query) => request(`the session ${query}`, `GET /socket.io/${query}`),
  ),
  ...['__proto__', 'constructor', 'webtransport', '%00', '[]'].map((transport) =>
    request(`the transport ${transport}`, `GET /socket.io/?EIO=4&transport=${transport}`),
  ),
  ...['__proto__', 'constructor', 'attacked.a', '.', '%ff', 'a&sid=b', 'a'.repeat(8_000)].map((sid) =>
    request(`the session ${sid.slice(0, 20)}`, `GET ${POLLING}&sid=${sid}`),
  ),
  ...['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'].map((method) =>
    request(`${method} to begin`, `${method} ${POLLING}`, ['Content-Length: 2'], '{}'),
  ),
  upgrade('no key', '?EIO=4&transport=websocket', 'Sec-WebSocket-Version: 13'),
  upgrade('a bad key', '?EIO=4&transport=websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: a'),
  upgrade('a bad version', '?EIO=4&transport=websocket', 'Sec-WebSocket-Version: 99', KEY),
  upgrade('a bad transport', '?EIO=4&transport=__proto__', 'Sec-WebSocket-Version: 13', KEY),
  upgrade('no session', '?EIO=4&transport=websocket&sid=__proto__', 'Sec-WebSocket-Version: 13', KEY),
  upgrade('nothing', ''),
  raw(
    'an upgrade of nothing',
    `GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket${END}`,
  ),
  raw(
    'an upgrade to nothing',
    `POST /orders HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c${END}`,
  ),
];

/** Every part must refuse each of these. */
export const HOSTILE_REQUESTS: HostileRequest[] = [...LINES, ...HEADERS, ...URLS, ...BODIES, ...SESSIONS];

/** Requests whose client sends only the beginning. */
export const HALF_REQUESTS: HostileRequest[] = [
  raw('nothing', ''),
  raw('half a line', 'GET /ord'),
  raw('half a head', 'GET /orders HTTP/1.1\r\nHost: localhost\r\n'),
  raw(
    'half a body',
    'POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
  ),
  raw('half a chunk', 'POST /orders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n63\r\n{'),
];
