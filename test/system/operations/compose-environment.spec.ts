import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Stack {
  services: Record<string, { environment?: Record<string, string>; healthcheck?: { timeout?: string } }>;
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Stack;

it('gives the orders API and the service that fills in what lists are found by one TIME_ZONE, which may be set', () => {
  const timeZones = ['orders-api', 'indexes'].map((service) => services[service]?.environment?.TIME_ZONE);
  expect(timeZones).toEqual(['${TIME_ZONE:-UTC}', '${TIME_ZONE:-UTC}']);
});

it('gives the pages what the shop tells, and nothing that it does not', () => {
  const told = ['TIME_ZONE', 'SHOP_NAME', 'SHOP_PHONE', 'TOKEN_URL'];
  expect(services.web?.environment).toEqual(Object.fromEntries(told.map((name) => [name, `\${${name}:-}`])));
});

// Compose gives up the whole start, with the front only created, when a container is unhealthy for a moment.
it('gives each health check the time that it may take on a busy machine', () => {
  const ofServices = Object.values(services).flatMap(({ healthcheck }) => healthcheck?.timeout ?? []);
  const ofImages = [...readFileSync('Dockerfile', 'utf8').matchAll(/^HEALTHCHECK .*--timeout=(\w+)/gm)].map(
    ([, timeout]) => timeout,
  );
  expect([ofServices.length, ofImages.length]).toEqual([3, 2]);
  expect(new Set([...ofServices, ...ofImages])).toEqual(new Set(['10s']));
});
