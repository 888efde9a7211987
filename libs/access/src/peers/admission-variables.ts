import proxyAddr from '@fastify/proxy-addr';
import { z } from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''));

const ORIGIN = /^(\*|https?:\/\/(\[[\da-f:]+\]|[\w.-]+)(:(\d{1,5}|\*))?)$/i;

/** The variables that say from where one may come. */
export const admissionVariables = {
  /** Origins of web pages that may connect, separated by commas. */
  ALLOWED_ORIGINS: list.refine(
    (origins) => origins.every((origin) => ORIGIN.test(origin)),
    'must be origins such as https://shop.example or http://localhost:*, separated by commas, or "*"',
  ),
  /** Proxies whose X-Forwarded-For is believed: addresses, networks or loopback, linklocal, uniquelocal. */
  TRUST_PROXY: list.refine(canCompile, 'must be addresses or networks such as 10.0.0.0/8, separated by commas'),
};

function canCompile(trusted: string[]): boolean {
  try {
    proxyAddr.compile(trusted);
    return true;
  } catch {
    return false;
  }
}
