import { type INestApplicationContext } from '@nestjs/common';
import { ManagementServer } from './management-server.js';
import { type ManagementOptions } from './management-variables.js';

/**
 * Starts the management server of an app that has its process for itself.
 * @returns its port; undefined if there is to be none
 */
export async function startManagement(
  app: INestApplicationContext,
  { management }: { management?: ManagementOptions },
): Promise<number | undefined> {
  return management && app.get(ManagementServer, { strict: false }).listen(management);
}
