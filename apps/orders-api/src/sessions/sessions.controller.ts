import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { z } from 'zod';
import { SignOuts } from '@galley/access';
import { sessionSub } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { CallerOf, type Caller } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { GatewayMessages } from '../gateways/gateway-messages.js';

@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly signOuts: SignOuts,
    private readonly gateways: GatewayMessages,
    private readonly audit: AuditLog,
  ) {}

  /** Signs a user out: their connections end on every replica, and the tokens that they have are refused from now on. */
  @Delete(':sub')
  @HttpCode(204)
  @Allow('endSessions')
  async end(
    @Param({ schema: z.object({ sub: sessionSub }) }) { sub }: { sub: string },
    @CallerOf() { principal, requestId }: Caller,
  ): Promise<void> {
    const at = await this.signOuts.signOut(sub);
    // The gateways find it in Redis within a second too, should this not reach them.
    await this.gateways.signOut(sub, at).catch(() => undefined);
    this.audit.record({ action: 'endSessions', role: principal.role, sub: principal.sub, requestId, user: sub });
  }
}
