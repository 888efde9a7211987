// Preload this into a process with `node --expose-gc --import`. At SIGUSR2 it nearly fills the heap; at the next one it frees it.
import { getHeapStatistics } from 'node:v8';

let kept;

process.on('SIGUSR2', () => {
  if (kept) {
    kept = undefined;
    globalThis.gc(); // a process that does nothing does not collect its garbage
    return;
  }
  kept = [];
  const used = () => {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    return used_heap_size / heap_size_limit;
  };
  while (used() < 0.88) kept.push(Array.from({ length: 10_000 }, (_, i) => i + 0.5));
});
