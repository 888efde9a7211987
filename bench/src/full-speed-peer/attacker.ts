import { startFullSpeedPeer, type FullSpeedOptions, type Input } from '@galley/verification';

/** What the process gets: an input whose bytes are in base64, since messages between processes are JSON. */
export interface Attack extends Omit<FullSpeedOptions, 'input'> {
  input: Omit<Input, 'bytes' | 'first'> & { bytes: string; first?: string };
}

/** One peer at full speed, in a process of its own. */
process.once('message', ({ input, ...options }: Attack) => {
  const [bytes, first] = [input.bytes, input.first ?? ''].map((text) => Buffer.from(text, 'base64'));
  if (bytes) startFullSpeedPeer({ ...options, input: { ...input, bytes, first } });
});
