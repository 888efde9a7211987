/** What the server that serves the page has told it. Empty texts tell nothing. */
export function told(name: string): string | undefined {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="galley:${name}"]`)?.content;
  return content === '' ? undefined : content;
}

/** The time zone of the shop. If a browser does not know it, its own must do: a page without any times would help less. */
export function timeZoneOfShop(): string | undefined {
  const timeZone = told('time-zone');
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch {
    return undefined;
  }
}
