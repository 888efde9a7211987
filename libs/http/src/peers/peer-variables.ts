import proxyAddr from '@fastify/proxy-addr';
import { z } from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''));

const ORIGIN = /^(\*|https?:\/\/(\[[\da-f:]+\]|[\w.-]+)(:(\d{1,5}|\*))?)$/i;

const HOST_NAME = /^[\w.-]+$/;

/** The environment variables about who may connect from where. */
export const peerVariables = {
  ALLOWED_ORIGINS: list
    .refine(
      (origins) => origins.every((origin) => ORIGIN.test(origin)),
      'must be origins such as https://shop.example or http://localhost:*, separated by commas, or "*"',
    )
    .meta({
      description: 'pages of other origins that may use Galley, over REST and with sockets',
      form: 'origins such as `https://shop.example` or `http://localhost:*`, separated by commas, or `*`',
    }),
  ALLOWED_HOSTS: list
    .refine(
      (hosts) => hosts.every((host) => HOST_NAME.test(host)),
      'must be host names such as shop.example, without scheme and port, separated by commas',
    )
    .meta({
      description: 'names that open mode answers to, besides `localhost` and addresses',
      form: 'host names such as `shop.example`, separated by commas',
    }),
  TRUST_PROXY: list.refine(canCompile, 'must be addresses or networks such as 10.0.0.0/8, separated by commas').meta({
    description: 'proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed',
    form: 'addresses, networks, `loopback`, `linklocal` or `uniquelocal`, separated by commas',
  }),
};

function canCompile(trusted: string[]): boolean {
  try {
    proxyAddr.compile(trusted);
    return true;
  } catch {
    return false;
  }
}
