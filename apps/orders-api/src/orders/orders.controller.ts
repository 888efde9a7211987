import { type IncomingHttpHeaders } from 'node:http';
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
  orderId,
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
import { CallerOf, NextTurnOf, type Caller, type NextTurn } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { describeAnswer, tellPosition } from './answer-headers.js';
import { AnswerPosition } from './answer-position.js';
import { etagOf, etagOfPage, revisionsIn, tagsIn } from './entity-tags.js';
import { CSV_TYPE, prefersCsv, toCsv } from './order-csv.js';
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

  @Post()
  @Allow('placeOrder')
  async place(
    @Body({ schema: placeOrder }) request: PlaceOrder,
    @Headers('idempotency-key') key: string | undefined,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    const order = await this.orders.place(request, caller, keyIn(key));
    reply.header('location', `/orders/${order.orderId}`);
    return tagged(order, reply);
  }

  @Get()
  @Allow('listOrders')
  @Header('cache-control', 'no-store')
  async list(
    @Query({ schema: listOrders }) query: ListOrders,
    @Headers() { accept, 'if-none-match': tags }: IncomingHttpHeaders,
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

  @Get(':orderId')
  @Allow('readOrder')
  @Header('cache-control', 'no-store')
  async get(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Headers('if-none-match') tags: string | undefined,
    @CallerOf() { principal }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order | undefined> {
    const isKnown = tagsIn('If-None-Match', tags);
    const position = await this.position.current();
    const order = await this.orders.get(orderId, principal);
    return describeAnswer(reply, order, { etag: etagOf(order.revision), position, isKnown });
  }

  @Get(':orderId/history')
  @Allow('readOrder')
  @Header('cache-control', 'no-store')
  history(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Query({ schema: readHistory }) query: ReadHistory,
    @CallerOf() { principal }: Caller,
  ): Promise<OrderHistory> {
    return this.orders.history(orderId, query, principal);
  }

  @Patch(':orderId')
  @Allow('changeOrder')
  async change(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Body({ schema: changeOrder }) request: ChangeOrder,
    @Headers() headers: IncomingHttpHeaders,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    return tagged(await this.orders.change(orderId, request, caller, conditionsIn(headers)), reply);
  }

  @Delete(':orderId')
  @HttpCode(204)
  @Allow('removeOrder')
  remove(
    @Param(byOrderId) { orderId }: ByOrderId,
    @Headers() headers: IncomingHttpHeaders,
    @CallerOf() caller: Caller,
  ): Promise<void> {
    return this.orders.remove(orderId, caller, conditionsIn(headers));
  }
}

const keyIn = (key: unknown) => parseOrRefuse(idempotencyKey, key, 'Idempotency-Key');

const conditionsIn = ({ 'if-match': tags, 'idempotency-key': key }: IncomingHttpHeaders): Conditions => ({
  precondition: revisionsIn('If-Match', tags),
  key: keyIn(key),
});

function tagged(order: Order, reply: FastifyReply): Order {
  reply.header('etag', etagOf(order.revision));
  return order;
}
