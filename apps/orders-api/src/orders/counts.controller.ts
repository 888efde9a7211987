import { Controller, Get, Header, Query } from '@nestjs/common';
import { countOrders, type CountOrders, type OrderCounts } from '@galley/contracts';
import { CallerOf, type Caller } from '../access/caller.js';
import { Allow } from '../access/route-rules.js';
import { OrdersService } from './orders.service.js';

/** Beside `/orders` and not below, because an order may have any id. */
@Controller('counts')
export class CountsController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @Allow('listOrders')
  @Header('cache-control', 'no-store')
  count(@Query({ schema: countOrders }) query: CountOrders, @CallerOf() { principal }: Caller): Promise<OrderCounts> {
    return this.orders.count(query, principal);
  }
}
