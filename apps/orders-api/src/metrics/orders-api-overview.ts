import { Injectable } from '@nestjs/common';
import { Overview, refusalSection, type OverviewSection } from '@galley/http';
import { AuditLog } from '@galley/runtime';
import { PublicationMonitor } from '../publication/publication-monitor.js';
import { Publisher } from '../publication/publisher.js';
import { OrdersRepository } from '../store/orders.repository.js';

/** What an orders API tells on the page about its process. */
@Injectable()
export class OrdersApiOverview extends Overview {
  constructor(
    private readonly publisher: Publisher,
    private readonly monitor: PublicationMonitor,
    private readonly orders: OrdersRepository,
    private readonly audit: AuditLog,
  ) {
    super();
  }

  override sections(): OverviewSection[] {
    const { changes, waitedMs } = this.monitor.backlog;
    const { appended, duplicates, batches, failures } = this.publisher.counts;
    return [
      {
        title: 'Publication',
        columns: ['what', 'now'],
        rows: [
          ['the oldest unpublished change has waited', `${(waitedMs / 1_000).toFixed(1)} s`],
          ['unpublished changes that are late', changes],
          ['published since the start', `${appended} changes in ${batches} appends`],
          ['had been published already', duplicates],
          ['appends that have failed', failures],
          ['new epochs of the log, seen since the start', this.monitor.newEpochs],
        ],
      },
      {
        title: 'Store',
        columns: ['what', 'now'],
        rows: [['damaged documents', this.orders.damagedDocuments]],
      },
      refusalSection(this.audit),
    ];
  }
}
