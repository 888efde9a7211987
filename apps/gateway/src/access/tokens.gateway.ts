import { WebSocketGateway, type OnGatewayInit } from '@nestjs/websockets';
import { type Server } from 'socket.io';
import { SignOuts } from '@galley/access';
import { GalleyError, invalidRequest, refreshToken, SIGN_OUT_MESSAGE, type TokenRefreshed } from '@galley/contracts';
import { type Client } from '../sessions/client.js';
import { ConnectGate } from './connect-gate.js';
import { TokenExpiry } from './token-expiry.js';

/** The tokens of live connections: a new one in time, or the end of them all when their user is signed out. */
@WebSocketGateway()
export class TokensGateway implements OnGatewayInit<Server> {
  constructor(
    private readonly gate: ConnectGate,
    private readonly expiry: TokenExpiry,
    private readonly signOuts: SignOuts,
  ) {}

  afterInit(server: Server): void {
    server.on(SIGN_OUT_MESSAGE, (sub: string, at: number) => {
      this.signOuts.note(sub, at);
    });
    this.signOuts.onSignOut((sub) => {
      for (const socket of server.sockets.sockets.values()) {
        const { principal } = (socket as Client).data;
        // On purpose: a client that was signed out does not come back by itself.
        if (principal.sub === sub && this.signOuts.has(principal)) socket.disconnect(true);
      }
    });
  }

  /** @throws GalleyError where the token does not hold, or is not one of the same user; the old one stays */
  async refresh(client: Client, body: unknown): Promise<TokenRefreshed> {
    const result = refreshToken.safeParse(body);
    if (!result.success) throw invalidRequest(result.error.issues, 'payload');
    const { data } = client;
    const principal = await this.gate.renew(data.principal, result.data.token);
    const { expiresAt } = principal;
    if (expiresAt === undefined) throw new GalleyError('forbidden', 'This gateway is open: there are no tokens here');
    data.principal = principal;
    if (client.connected) this.expiry.watch(client);
    return { expiresAt: new Date(expiresAt * 1_000).toISOString() };
  }
}
