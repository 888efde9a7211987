/**
 * The token in an `Authorization` header.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
