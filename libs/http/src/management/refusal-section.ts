import { type AuditLog } from '@galley/runtime';
import { type OverviewSection } from './overview.js';

/** The newest refusals, for the page about a process. */
export const refusalSection = (audit: AuditLog): OverviewSection => ({
  title: 'Last refusals',
  columns: ['at', 'wanted', 'refused with', 'role', 'address', 'request'],
  rows: audit
    .recentRefusals()
    .map(({ at, entry: { action, refused = '', role = '', address = '', route, requestId = '' } }) => [
      at.toISOString(),
      route === undefined ? action : String(route),
      ...[refused, role, address, requestId],
    ]),
});
