import { type FastifyInstance } from 'fastify';

/** The methods of each route of an app, to answer 405 where a path has others. */
export class AllowedMethods {
  private readonly byRoute = new Map<string, Set<string>>();

  /** Collects the routes of a server that has none yet. */
  collect(server: Pick<FastifyInstance, 'addHook'>): void {
    server.addHook('onRoute', ({ method, url }) => {
      if (url === '*') return; // the preflight of CORS
      const methods = this.byRoute.get(url) ?? new Set();
      this.byRoute.set(url, methods);
      for (const name of [method].flat()) methods.add(name);
    });
  }

  /** @returns the methods that a path has, in the order of the alphabet; none if there is no such path */
  of(url: string): string[] {
    const path = url.replace(/[?#].*/, '').split('/');
    const methods = [...this.byRoute]
      .filter(([route]) => matches(route.split('/'), path))
      .flatMap(([, all]) => [...all]);
    return [...new Set(methods)].sort();
  }
}

const matches = (route: string[], path: string[]) =>
  route.length === path.length && route.every((part, i) => (part.startsWith(':') ? path[i] !== '' : part === path[i]));
