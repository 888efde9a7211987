// An identity service to try: tokens for anybody, and the public key that verifies them.
// Usage: node docs/examples/issuer.mjs [port]
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const [port = '4000'] = process.argv.slice(2);
const { privateKey, publicKey } = await generateKeyPair('ES256');
const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];

const server = createServer(async (request, response) => {
  const { origin, pathname, searchParams } = new URL(request.url, `http://localhost:${server.address().port}`);
  if (pathname === '/keys') return response.end(JSON.stringify({ keys }));
  const token = new SignJWT({ role: searchParams.get('role') ?? 'customer' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject(searchParams.get('sub') ?? 'ana')
    .setIssuer(origin)
    .setAudience('galley')
    .setIssuedAt()
    .setExpirationTime('10m');
  response.end(await token.sign(privateKey));
});
server.listen(port, 'localhost', () => console.log(`issuer at http://localhost:${server.address().port}`));
