import { Body, Controller, Header, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { TrackingLinks } from '@galley/access';
import { issueTrackingLink, orderId, trackingLink, type IssueTrackingLink, type TrackingLink } from '@galley/contracts';
import { Answers, AuditLog } from '@galley/runtime';
import { CallerOf, type Caller } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { OrdersService } from '../orders/orders.service.js';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';

@Controller('orders/:orderId/tracking-links')
export class TrackingLinksController {
  constructor(
    private readonly orders: OrdersService,
    private readonly links: TrackingLinks,
    private readonly audit: AuditLog,
    @Inject(ORDERS_API_CONFIG) private readonly config: OrdersApiConfig,
  ) {}

  /** Makes a link that shows this order to anybody who has it. `DELETE /sessions/:sub` with its `sub` ends it. */
  @Post()
  @Allow('issueTrackingLink')
  @Header('cache-control', 'no-store')
  @Answers(trackingLink)
  async issueTrackingLink(
    @Param({ schema: z.object({ orderId }) }) { orderId }: { orderId: string },
    @Body({ schema: issueTrackingLink }) { expiresIn }: IssueTrackingLink,
    @CallerOf() { principal, requestId }: Caller,
  ): Promise<TrackingLink> {
    await this.orders.get(orderId, principal);
    const { token, sub, expiresAt } = await this.links.sign(orderId, expiresIn);
    this.audit.record({
      action: 'issueTrackingLink',
      role: principal.role,
      sub: principal.sub,
      requestId,
      orderId,
      link: sub,
    });
    return {
      orderId,
      url: `${this.config.publicUrl}/track/${orderId}#${token}`,
      token,
      sub,
      expiresAt: new Date(expiresAt * 1_000).toISOString(),
    };
  }
}
