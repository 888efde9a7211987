import { ANSWER_WITHIN_MS, bearing, explainNoAnswer, type Front } from '../front/front.js';
import { Listening, type Listener } from './listener.js';

/**
 * Reads `GET /changes`. It is ready with the first event, which a front that buffers would keep for itself.
 * @throws Error that says in a few words why there is no stream
 */
export async function listenByStream(front: Front, orderId: string): Promise<Listener> {
  const listening = new Listening('event stream', orderId);
  const abort = new AbortController();
  const close = () => {
    abort.abort();
  };
  const deadline = setTimeout(close, ANSWER_WITHIN_MS);
  try {
    const response = await fetch(new URL('/changes', front.url), {
      signal: abort.signal,
      headers: front.token === undefined ? {} : bearing(front.token),
    });
    if (response.status !== 200 || !response.body) throw new Error(`answered ${response.status}`);
    const body: AsyncIterable<Uint8Array> = response.body;
    await new Promise<void>((resolve, reject) => {
      readEvents(body, (name, payload) => {
        if (listening.record(name, payload)) resolve();
      }).then(
        () => {
          listening.ended = 'the stream has ended';
          reject(new Error(listening.ended));
        },
        (error: unknown) => {
          if (!abort.signal.aborted) listening.ended = explainNoAnswer(error);
          reject(new Error(explainNoAnswer(error), { cause: error }));
        },
      );
    });
  } catch (error) {
    const isLate = abort.signal.aborted;
    close();
    if (isLate)
      throw new Error(`nothing comes within ${ANSWER_WITHIN_MS / 1_000} s: is it buffered?`, { cause: error });
    throw new Error(explainNoAnswer(error), { cause: error });
  } finally {
    clearTimeout(deadline);
  }
  return Object.assign(listening, { close });
}

async function readEvents(
  body: AsyncIterable<Uint8Array>,
  tell: (name: string, payload: unknown) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    const events = (text + decoder.decode(bytes, { stream: true })).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const name = /^event: (.*)$/m.exec(event)?.[1];
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (name !== undefined && data !== undefined) tell(name, JSON.parse(data));
    }
  }
}
