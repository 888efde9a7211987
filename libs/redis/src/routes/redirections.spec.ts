import { describe, expect, it } from '@jest/globals';
import { parseRedirection } from './redirections.js';

describe('parseRedirection', () => {
  it.each([
    ['MOVED 3999 10.0.0.1:7000', { kind: 'MOVED', slot: 3_999, node: { host: '10.0.0.1', port: 7_000 } }],
    ['ASK 0 node.example:7000', { kind: 'ASK', slot: 0, node: { host: 'node.example', port: 7_000 } }],
    ['MOVED 1 fe80::1:7000', { kind: 'MOVED', slot: 1, node: { host: 'fe80::1', port: 7_000 } }],
  ])('reads %s', (message, redirection) => {
    expect(parseRedirection(new Error(message))).toEqual(redirection);
  });

  it('takes the host of the node that has answered, if there is none', () => {
    const from = { host: 'one.example', port: 6_379 };
    expect(parseRedirection(new Error('MOVED 1 :7000'), from)?.node).toEqual({ host: 'one.example', port: 7_000 });
  });

  it.each(['CLUSTERDOWN The cluster is down', 'MOVED', 'ERR MOVED 1 a:1', 'MOVED x a:1'])(
    'finds none in "%s"',
    (message) => {
      expect(parseRedirection(new Error(message))).toBeUndefined();
    },
  );
});
