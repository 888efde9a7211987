import { Controller, Get, Header, Headers, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { countOrders, orderCounts, type CountOrders, type OrderCounts } from '@galley/contracts';
import { Answers } from '@galley/runtime';
import { CallerOf, type Caller } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { AnswerPosition } from './answer-position.js';
import { describeAnswer } from './answer-headers.js';
import { etagOfCounts, tagsIn } from './entity-tags.js';
import { OrdersService } from './orders.service.js';

/** Beside `/orders` and not below, because an order may have any id. */
@Controller('counts')
export class CountsController {
  constructor(
    private readonly orders: OrdersService,
    private readonly position: AnswerPosition,
  ) {}

  /** Counts the orders that match all filters, by status. It examines the newest 10,000 orders. */
  @Get()
  @Allow('listOrders')
  @Header('cache-control', 'no-store')
  @Answers(orderCounts, { headers: ['ETag', 'Galley-Position'] })
  async countOrders(
    @Query({ schema: countOrders }) query: CountOrders,
    @Headers('if-none-match') tags: string | undefined,
    @CallerOf() { principal }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderCounts | undefined> {
    const isKnown = tagsIn('If-None-Match', tags);
    const position = await this.position.current();
    const counts = await this.orders.count(query, principal);
    return describeAnswer(reply, counts, { etag: etagOfCounts(counts), position, isKnown });
  }
}
