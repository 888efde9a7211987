import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { type LoadContext } from './context.js';

const HOUR_S = 3_600;

const base64Url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A token for a connection to Centrifugo, signed as ours are.
 * @param channel the channel that the connection is subscribed to
 * @see https://centrifugal.dev/docs/server/authentication
 */
export function centrifugoToken(key: LoadContext['tokenKey'], sub: string, channel: string): string {
  const iat = Math.floor(Date.now() / 1_000);
  const alg = 'secret' in key ? 'HS256' : 'RS256';
  const signed = `${base64Url({ alg, typ: 'JWT' })}.${base64Url({ sub, iat, exp: iat + HOUR_S, channels: [channel] })}`;
  const signature =
    'secret' in key
      ? createHmac('sha256', key.secret).update(signed).digest('base64url')
      : sign('RSA-SHA256', Buffer.from(signed), createPrivateKey(key.privateKeyPem)).toString('base64url');
  return `${signed}.${signature}`;
}
