import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  batchOutcomes,
  MAX_BATCH_BYTES,
  MAX_OPERATIONS,
  sendBatch,
  uncheckedBatch,
  type BatchOutcomes,
  type UncheckedBatch,
} from '@galley/contracts';
import { DescribedBody } from '@galley/http';
import { Answers } from '@galley/runtime';
import { CallerOf, NextTurnOf, type Caller, type NextTurn } from '../access/caller.js';
import { AllowLargeBody } from '../access/large-body.js';
import { CountsAs } from '../access/request-cost.js';
import { BatchesService } from './batches.service.js';

/** Beside `/orders` and not below, because an order may have any id. */
@Controller('batches')
export class BatchesController {
  constructor(private readonly batches: BatchesService) {}

  /**
   * Carries out up to 500 placings, changes and deletions, each as a request of its own. The answer has the outcome of each, in the
   * same order: the status, and the order or the problem document, that the single request would have been answered with.
   *
   * A batch is no transaction: an operation that is refused stops none of the others. Those of one order are carried out in the order
   * in which they are given. Clients are told of all changes at once.
   *
   * If no answer comes, repeat the batch: an operation with an `idempotencyKey` is carried out once. A batch with more operations, or
   * with more than 512 kB, is refused as a whole, and stores nothing. It counts as many requests as it has operations.
   */
  @Post()
  @HttpCode(200)
  @AllowLargeBody('changeOrder', MAX_BATCH_BYTES)
  @CountsAs(operationsIn)
  @DescribedBody(sendBatch)
  @Answers(batchOutcomes)
  async sendBatch(
    @Body({ schema: uncheckedBatch }) { operations }: UncheckedBatch,
    @CallerOf() caller: Caller,
    @NextTurnOf() nextTurn: NextTurn,
  ): Promise<BatchOutcomes> {
    return { outcomes: await this.batches.carryOut(operations, caller, nextTurn) };
  }
}

function operationsIn(body: unknown): number {
  const { operations } = Object(body) as { operations?: unknown };
  return Array.isArray(operations) ? Math.min(Math.max(operations.length, 1), MAX_OPERATIONS) : 1;
}
