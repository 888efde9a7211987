import { type FastifyInstance } from 'fastify';
import { GalleyError } from '@galley/contracts';

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

  /** The refusal of a request that no route answers. */
  refusalOf({ method, url }: { method: string; url: string }): GalleyError {
    const allowedMethods = this.of(url);
    const message = `There is no ${method} ${url}`;
    if (allowedMethods.length === 0) return new GalleyError('route_not_found', message);
    return new GalleyError('method_not_allowed', message, { allowedMethods });
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
