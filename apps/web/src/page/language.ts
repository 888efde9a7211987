/** `?lang=de` in the address, or else what the browser prefers. */
export function preferredLanguage(): 'de' | 'en' {
  const asked = new URLSearchParams(location.search).get('lang');
  return (asked ?? navigator.language).startsWith('de') ? 'de' : 'en';
}
