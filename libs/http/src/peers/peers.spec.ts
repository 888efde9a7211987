import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Peers } from './peers.js';

const PROXY = '10.0.0.9';
const peers = new Peers(['10.0.0.0/8']);

const aSocket = (remoteAddress: string) => ({ remoteAddress }) as Socket;
const request = (socket: Socket, forwarded?: string) =>
  ({ socket, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the client of a request', () => {
  it('is the peer, whatever it says, unless it is a trusted proxy', () => {
    const socket = aSocket('::ffff:192.0.2.1');
    expect(peers.addressOf(request(socket, '1.2.3.4'))).toBe('192.0.2.1');
    expect(peers.keyOf(request(socket, '1.2.3.4'))).toBe('192.0.2.1');
  });

  it('is whom a proxy names, on one connection somebody else in each request', () => {
    const socket = aSocket(PROXY);
    const named = ['192.0.2.1', '2001:db8::1', undefined, '192.0.2.1'];
    const asked = named.map((forwarded) => request(socket, forwarded));
    expect(asked.map((one) => peers.addressOf(one))).toEqual(['192.0.2.1', '2001:db8::1', PROXY, '192.0.2.1']);
    expect(asked.map((one) => peers.keyOf(one))).toEqual(['192.0.2.1', '2001:db8:0:0::/64', PROXY, '192.0.2.1']);
  });

  it('is charged, but not a proxy that asks for itself', () => {
    const socket = aSocket(PROXY);
    expect(peers.chargedKeyOf(request(socket))).toBeUndefined();
    expect(peers.chargedKeyOf(request(socket, '192.0.2.1'))).toBe('192.0.2.1');
    expect(peers.chargedKeyOf(request(aSocket('192.0.2.7')))).toBe('192.0.2.7');
  });

  it('stays known after its connection has ended', () => {
    const socket = aSocket('192.0.2.1');
    peers.isProxy(socket);
    expect(peers.addressOf(request(Object.assign(socket, { remoteAddress: undefined })))).toBe('192.0.2.1');
  });
});
