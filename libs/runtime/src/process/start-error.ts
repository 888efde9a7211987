/** Where a server was to listen. */
export interface Address {
  host: string;
  port: number;
}

/** Why a process cannot start, in a sentence that says what to do. */
export function explainStartError(error: unknown, { host, port }: Partial<Address> = {}): string {
  const { code, syscall, message } = Object(error) as { code?: unknown; syscall?: unknown; message?: unknown };
  const isAboutAddress = syscall === 'listen' || syscall === 'getaddrinfo';
  if (isAboutAddress && host !== undefined && port !== undefined) {
    if (code === 'EADDRINUSE') return `Port ${port} is taken: stop what uses it, or choose another one with PORT`;
    if (code === 'EACCES') return `This user may not use port ${port}: choose one above 1023 with PORT`;
    if (code === 'EADDRNOTAVAIL') return `This machine does not have the address ${host}: choose another one with HOST`;
    if (syscall === 'getaddrinfo') return `There is no address for the name ${host}: choose another one with HOST`;
  }
  return typeof message === 'string' && message !== '' ? message : String(error);
}
