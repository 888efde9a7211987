/** Where a server was to listen. */
export interface Address {
  host: string;
  port: number;
}

/** Where a process was to listen. */
export interface Addresses extends Address {
  management?: Address;
}

type Told = 'code' | 'syscall' | 'message' | 'port' | 'hostname';

/** Why a process cannot start, in a sentence that says what to do. */
export function explainStartError(error: unknown, config: Partial<Addresses> = {}): string {
  const { code, syscall, message, ...of } = Object(error) as Partial<Record<Told, unknown>>;
  const isAboutAddress = syscall === 'listen' || syscall === 'getaddrinfo';
  const { management } = config;
  const isManagement = management && isAboutAddress && isOf(management, of);
  const { host, port } = isManagement ? management : config;
  const prefix = isManagement ? 'MANAGEMENT_' : '';
  if (isAboutAddress && host !== undefined && port !== undefined) {
    if (code === 'EADDRINUSE')
      return `Port ${port} is taken: stop what uses it, or choose another one with ${prefix}PORT`;
    if (code === 'EACCES') return `This user may not use port ${port}: choose one above 1023 with ${prefix}PORT`;
    if (code === 'EADDRNOTAVAIL')
      return `This machine does not have the address ${host}: choose another one with ${prefix}HOST`;
    if (syscall === 'getaddrinfo')
      return `There is no address for the name ${host}: choose another one with ${prefix}HOST`;
  }
  return typeof message === 'string' && message !== '' ? message : String(error);
}

/** Whether an error is about this address. What Node says of it depends on how far it has come. */
const isOf = ({ host, port }: Address, error: { port?: unknown; hostname?: unknown }) =>
  error.port === port || error.hostname === host;
