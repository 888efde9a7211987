import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Stack {
  services: Record<string, { deploy?: { resources: { limits: { memory: string } } } }>;
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Stack;
const configuration = readFileSync('docker/nginx/nginx.conf', 'utf8');
const numberIn = (pattern: RegExp) => Number(pattern.exec(configuration)?.[1]);

/** The requests and WebSockets that the front takes at a time. */
const limit = numberIn(/^ *limit_conn front (\d+);/m);
const workers = numberIn(/^worker_processes (\d+);/m);
const connectionsOfWorker = numberIn(/^ *worker_connections (\d+);/m);

/** An estimate of what one more WebSocket takes: its buffers and pools in nginx. It was not measured. */
const KB_OF_WEB_SOCKET = 20;

/** The ports that Linux has for connections to one address: `net.ipv4.ip_local_port_range`. */
const PORTS = 60_999 - 32_768;

it('refuses connections before a worker is full, even if it has a twentieth more than its share', () => {
  expect(limit).toBeGreaterThan(0);
  // One to the client and one to an app.
  expect(((2 * limit) / workers) * 1.05).toBeLessThan(connectionsOfWorker);
  expect(configuration).toContain('reuseport');
});

it('may open as many files as it has connections', () => {
  expect(numberIn(/^worker_rlimit_nofile (\d+);/m)).toBeGreaterThanOrEqual(connectionsOfWorker);
});

it('has the memory for all of them', () => {
  const megabytes = Number.parseInt(services.front?.deploy?.resources.limits.memory ?? '', 10);
  expect((limit * KB_OF_WEB_SOCKET) / 1_024).toBeLessThan(0.8 * megabytes);
});

it('has the ports for all of them, even to one gateway', () => {
  expect(limit).toBeLessThan(PORTS);
});
