/** The sources whose comments are the texts of the descriptions. */
export const DESCRIBED_SOURCES = [
  'libs/contracts/src',
  'libs/runtime/src/health',
  'apps/orders-api/src',
  'apps/gateway/src/changes',
];
