import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  changeOrder,
  listOrders,
  orderId,
  placeOrder,
  type ChangeOrder,
  type ListOrders,
  type Order,
  type OrderHistory,
  type OrderPage,
  type PlaceOrder,
} from '#contracts';
import { OrdersService } from './orders.service.js';

const byOrderId = { schema: z.object({ orderId }) };
interface ByOrderId {
  orderId: string;
}

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  async place(
    @Body({ schema: placeOrder }) request: PlaceOrder,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Order> {
    const order = await this.orders.place(request);
    reply.header('location', `/orders/${order.orderId}`);
    return order;
  }

  @Get()
  @Header('cache-control', 'no-store')
  list(@Query({ schema: listOrders }) query: ListOrders): Promise<OrderPage> {
    return this.orders.list(query);
  }

  @Get(':orderId')
  @Header('cache-control', 'no-store')
  get(@Param(byOrderId) { orderId }: ByOrderId): Promise<Order> {
    return this.orders.get(orderId);
  }

  @Get(':orderId/history')
  @Header('cache-control', 'no-store')
  async history(@Param(byOrderId) { orderId }: ByOrderId): Promise<OrderHistory> {
    return { history: await this.orders.history(orderId) };
  }

  @Patch(':orderId')
  change(@Param(byOrderId) { orderId }: ByOrderId, @Body({ schema: changeOrder }) request: ChangeOrder) {
    return this.orders.change(orderId, request);
  }

  @Delete(':orderId')
  @HttpCode(204)
  remove(@Param(byOrderId) { orderId }: ByOrderId): Promise<void> {
    return this.orders.remove(orderId);
  }
}
