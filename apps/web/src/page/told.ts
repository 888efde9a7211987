/** What the server that serves the page has told it. Empty texts tell nothing. */
export function told(name: string): string | undefined {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="galley:${name}"]`)?.content;
  return content === '' ? undefined : content;
}
