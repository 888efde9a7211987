import { createConnection } from 'mongoose';
import { own, waitFor } from '@galley/testing';

/** Waits until every change in this database is marked as published. @param mongodbUri names the database */
export async function everyChangeIsMarked(mongodbUri: string): Promise<void> {
  const connection = createConnection(mongodbUri);
  own(() => connection.close());
  const orders = connection.collection('orders');
  await waitFor(
    async () => (await orders.countDocuments({ unpublishedSince: { $exists: true } })) === 0,
    'every change to be marked as published',
  );
  await connection.close();
}
