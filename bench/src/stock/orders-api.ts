import 'reflect-metadata';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Emitter } from '@socket.io/redis-emitter';
import { Redis } from 'ioredis';

/**
 * The baseline of the REST side: parses, stores in a Map and answers. With REDIS_URL it also emits each new order through
 * the Redis emitter.
 */
const url = process.env.REDIS_URL;
const emitter = url === undefined ? undefined : new Emitter(new Redis(url));
const orders = new Map<string, object>();
let created = 0;

@Controller()
class OrdersController {
  @Post('orders')
  place(@Body() body: { orderId?: string; [field: string]: unknown }) {
    const orderId = body.orderId ?? `order-${++created}`;
    const now = new Date().toISOString();
    const order = { status: 'In Production', ...body, orderId, dateIssued: now, updatedAt: now, revision: 1 };
    orders.set(orderId, order);
    emitter?.to('orders').emit('orderCreated', { orderId, order, revision: 1, timestamp: now });
    return order;
  }

  @Get('orders')
  list() {
    return { orders: [...orders.values()] };
  }

  @Get('health/ready')
  ready() {
    return { status: 'ok' };
  }
}

@Module({ controllers: [OrdersController] })
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen({ host: process.env.HOST, port: Number(process.env.PORT), backlog: 8_192 });
