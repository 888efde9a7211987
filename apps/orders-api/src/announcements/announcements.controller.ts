import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { announce, announcementEvent, GalleyError, type Announce, type AnnouncementEvent } from '@galley/contracts';
import { Answers, AuditLog } from '@galley/runtime';
import { CallerOf, type Caller } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { GatewayMessages } from '../gateways/gateway-messages.js';
import { OrdersRepository } from '../store/orders.repository.js';

@Controller('announcements')
export class AnnouncementsController {
  constructor(
    private readonly gateways: GatewayMessages,
    private readonly orders: OrdersRepository,
    private readonly audit: AuditLog,
  ) {}

  /** Tells every connected client something. It is not stored, so a client that is not connected will not get it. */
  @Post()
  @HttpCode(202)
  @Allow('announce')
  @Answers(announcementEvent)
  async announce(
    @Body({ schema: announce }) { message }: Announce,
    @CallerOf() { principal, requestId }: Caller,
  ): Promise<AnnouncementEvent> {
    const event = { message, timestamp: this.orders.now().toISOString() };
    try {
      await this.gateways.announce(event);
    } catch (cause) {
      throw new GalleyError('unavailable', 'The announcement could not be sent: Redis is away', {
        cause,
        retryAfterSeconds: 1,
      });
    }
    this.audit.record({ action: 'announce', role: principal.role, sub: principal.sub, requestId });
    return event;
  }
}
