import { describe, expect, it } from '@jest/globals';
import { judgeCertificate, judgePlainHttp } from './certificate.js';
import { Front } from './front.js';

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;

const certificate = (days: number, problem?: string) =>
  judgeCertificate({ protocol: 'TLSv1.3', validUntil: NOW + days * DAY_MS, problem }, NOW);

describe('a certificate', () => {
  it.each([
    ['ok', 60, 'TLSv1.3; the certificate is valid for 60 more days'],
    ['warn', 20, 'TLSv1.3; the certificate is valid for 20 more days'],
    ['fail', -3, 'the certificate has expired on 1972-09-24'],
  ])('is %s with %i days left', (level, days, found) => {
    expect(certificate(days)).toMatchObject({ level, found });
  });

  it('is a failure if it is not trusted', () => {
    expect(certificate(60, 'self-signed certificate')).toMatchObject({
      ...{ level: 'fail', found: 'the certificate is not trusted: self-signed certificate' },
    });
  });
});

it.each([
  ['ok', 'http://localhost:3000'],
  ['ok', 'http://127.0.0.1:3000'],
  ['ok', 'http://[::1]:3000'],
  ['warn', 'http://192.168.1.7:3000'],
  ['warn', 'http://shop.example'],
])('says %s about plain HTTP at %s', (level, url) => {
  expect(judgePlainHttp(new Front(url))).toMatchObject({ level });
});
