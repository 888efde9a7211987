import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Stack {
  services: Record<string, { environment?: Record<string, string> }>;
}

it('gives the orders API and the service that fills in what lists are found by one TIME_ZONE, which may be set', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Stack;
  const timeZones = ['orders-api', 'indexes'].map((service) => services[service]?.environment?.TIME_ZONE);
  expect(timeZones).toEqual(['${TIME_ZONE:-UTC}', '${TIME_ZONE:-UTC}']);
});
