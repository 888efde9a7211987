import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  changeOrder,
  idempotencyKey,
  listOrders,
  order,
  orderHistory,
  orderId,
  orderPage,
  parseOrRefuse,
  placeOrder,
  readHistory,
  type ChangeOrder,
  type ListOrders,
  type Order,
  type OrderHistory,
  type OrderPage,
  type PlaceOrder,
  type ReadHistory,
} from '@galley/contracts';
import { Refuses } from '@galley/http';
import { Answers } from '@galley/runtime';
import { CallerOf, NextTurnOf, type Caller, type NextTurn } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { describeAnswer, tellPosition } from './answer-headers.js';
import { AnswerPosition } from './answer-position.js';
import { etagOf, etagOfPage, revisionsIn, tagsIn } from './entity-tags.js';
import { CSV, CSV_TYPE, prefersCsv, toCsv } from './order-csv.js';
import { OrdersService, type Conditions } from './orders.service.js';

const byOrderId = { schema: z.object({ orderId }) };
interface ByOrderId {
  orderId: string;
}

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly position: AnswerPosition,
  ) {}

  /**
   * Places an order. It has the id that the request asks for, or a new one.
   *
   * Send an `Idempotency-Key` with each request: if no answer comes, repeat the request with the same key, and there is one order.
   */
  @Post()
  @Allow('placeOrder')
  @Answers(order, { headers: ['ETag', 'Location'] })
  @Refuses('order_exists')
  async placeOrder(
    @Body({ schema: placeOrder }) request: PlaceOrder,
    @Headers('idempotency-key') key: string | undefined,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    const placed = await this.orders.place(request, caller, keyIn(key));
    reply.header('location', `/orders/${placed.orderId}`);
    return tagged(placed, reply);
  }

  /**
   * Lists the orders that match all filters, newest first. With `Accept: text/csv` the answer is the whole list from the `cursor`
   * on, as a table.
   *
   * Follow `nextCursor` until there is none: a page ends once 5,000 orders were examined for it, even if it has fewer orders than
   * its `limit`, or none.
   */
  @Get()
  @Allow('listOrders')
  @Header('cache-control', 'no-store')
  @Answers(orderPage, { headers: ['ETag', 'Galley-Position', 'Content-Disposition'], alsoAs: CSV })
  async listOrders(
    @Query({ schema: listOrders }) query: ListOrders,
    @Headers('accept') accept: string | undefined,
    @Headers('if-none-match') tags: string | undefined,
    @CallerOf() { principal }: Caller,
    @NextTurnOf() nextTurn: NextTurn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderPage | StreamableFile | undefined> {
    const isKnown = tagsIn('If-None-Match', tags);
    const position = await this.position.current();
    if (prefersCsv(accept)) {
      const csv = await toCsv(this.orders.pages(query, principal, nextTurn));
      tellPosition(reply, position);
      return new StreamableFile(csv, { type: CSV_TYPE, disposition: 'attachment; filename="orders.csv"' });
    }
    const page = await this.orders.list(query, principal);
    return describeAnswer(reply, page, { etag: etagOfPage(page), position, isKnown });
  }

  /** Reads one order. */
  @Get(':orderId')
  @Allow('readOrder')
  @Header('cache-control', 'no-store')
  @Answers(order, { headers: ['ETag', 'Galley-Position'] })
  async readOrder(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Headers('if-none-match') tags: string | undefined,
    @CallerOf() { principal }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order | undefined> {
    const isKnown = tagsIn('If-None-Match', tags);
    const position = await this.position.current();
    const found = await this.orders.get(orderId, principal);
    return describeAnswer(reply, found, { etag: etagOf(found.revision), position, isKnown });
  }

  /** Reads the history of one order, page by page. Only staff get who made each change, and the notes about it. */
  @Get(':orderId/history')
  @Allow('readOrder')
  @Header('cache-control', 'no-store')
  @Answers(orderHistory)
  readHistory(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Query({ schema: readHistory }) query: ReadHistory,
    @CallerOf() { principal }: Caller,
  ): Promise<OrderHistory> {
    return this.orders.history(orderId, query, principal);
  }

  /**
   * Changes an order, closes it, or opens it again. A request that changes nothing is answered with the order, and makes no
   * revision.
   *
   * A closed order takes no other change, unless the request opens it: `"closed": false`. `If-Match` is checked first.
   */
  @Patch(':orderId')
  @Allow('changeOrder')
  @Answers(order, { headers: ['ETag'] })
  @Refuses('order_closed')
  async changeOrder(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Body({ schema: changeOrder }) request: ChangeOrder,
    @Headers('if-match') tags: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    return tagged(await this.orders.change(orderId, request, caller, conditionsIn(tags, key)), reply);
  }

  /** Deletes an order. Its id is never given again. */
  @Delete(':orderId')
  @HttpCode(204)
  @Allow('removeOrder')
  @Answers(undefined)
  removeOrder(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Headers('if-match') tags: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @CallerOf() caller: Caller,
  ): Promise<void> {
    return this.orders.remove(orderId, caller, conditionsIn(tags, key));
  }
}

const keyIn = (key: unknown) => parseOrRefuse(idempotencyKey, key, 'Idempotency-Key');

const conditionsIn = (tags: string | undefined, key: string | undefined): Conditions => ({
  precondition: revisionsIn('If-Match', tags),
  key: keyIn(key),
});

function tagged(content: Order, reply: FastifyReply): Order {
  reply.header('etag', etagOf(content.revision));
  return content;
}
