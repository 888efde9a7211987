/** A tracking link: `/track/{orderId}#{token}`. */
export interface GivenLink {
  orderId: string;
  /** Absent if a part of the link was lost. Where no tokens are asked for, the page works without it. */
  token?: string;
  /** The order that the token is for, as it says itself. */
  orderIdOfToken?: string;
}

export function parseLink({ pathname, hash }: Pick<Location, 'pathname' | 'hash'>): GivenLink {
  const orderId = pathname.split('/')[2] ?? '';
  const token = hash.slice(1);
  return token === '' ? { orderId } : { orderId, token, orderIdOfToken: orderIdIn(token) };
}

/** The claims are only read. The server checks them. */
function orderIdIn(token: string): string | undefined {
  const [, claims = ''] = token.split('.');
  try {
    return (JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as { orderId?: string }).orderId;
  } catch {
    return undefined;
  }
}
