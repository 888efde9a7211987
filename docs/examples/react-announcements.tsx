import { useEffect } from 'react';
import { useOrders } from '@galley/client/react';

export function useAnnouncements(tell: (message: string) => void): void {
  const { tracker } = useOrders();
  useEffect(() => tracker.current.on('announcement', ({ message }) => tell(message)), [tracker, tell]);
}
