'use client';

export { GalleyProvider, type GalleyProviderProps } from './galley-provider.js';
export { useConnection, useOrder, useOrders } from './hooks.js';
export { type TrackerRef } from './shared-tracker.js';
