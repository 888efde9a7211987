/** Tells each event, in browsers and in Node, through lost connections. @throws if the server refuses the reader */
export async function readChanges(url, token, tell, signal) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  while (!signal?.aborted) {
    const response = await fetch(new URL('/changes', url), { headers, signal }).catch(() => undefined);
    if (response?.status === 200) await readStream(response.body).catch(() => undefined);
    else if (response?.status < 429) throw new Error((await response.json()).detail);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }

  async function readStream(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = '', read; !(read = await reader.read()).done; text = text.split('\n\n').pop()) {
      text += read.value;
      for (const event of text.split('\n\n').slice(0, -1)) {
        const { event: name, data, id } = Object.fromEntries(event.split('\n').map((line) => line.split(/: (.*)/)));
        if (data) tell(name, JSON.parse(data));
        if (id) headers['last-event-id'] = id;
      }
    }
  }
}
