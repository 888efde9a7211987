import { Controller, Delete, HttpCode, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { SignOuts } from '@galley/access';
import { endSessions, sessionSub, type EndSessions } from '@galley/contracts';
import { Answers, AuditLog } from '@galley/runtime';
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

  /**
   * Signs a user out, in all roles or in one. Every replica closes their connections and refuses the tokens that they have
   * now.
   */
  @Delete(':sub')
  @HttpCode(204)
  @Allow('endSessions')
  @Answers(undefined)
  async endSessions(
    @Param({ schema: z.object({ sub: sessionSub }) }) { sub }: { sub: string },
    @Query({ schema: endSessions }) { role }: EndSessions,
    @CallerOf() { principal, requestId }: Caller,
  ): Promise<void> {
    await this.signOuts.signOut(sub, role);
    // If this does not reach the gateways, they find the sign-out in Redis within a second.
    await this.gateways.signedOut().catch(() => undefined);
    this.audit.record({
      action: 'endSessions',
      role: principal.role,
      sub: principal.sub,
      requestId,
      user: sub,
      ...(role !== undefined && { userRole: role }),
    });
  }
}
