import { lookup } from 'node:dns/promises';
import { z } from 'zod';
import { about, PLACES, type Finding } from '../finding.js';
import { ask, describeAnswer, fieldsOf } from './front.js';

/** What a process says of itself at its management port. */
const runningVersion = z.object({
  service: z.string(),
  instance: z.string(),
  version: z.string(),
  revision: z.string().optional(),
  node: z.string(),
});
export type RunningVersion = z.infer<typeof runningVersion>;

/** A management port that did not tell the version. */
export interface Untold {
  url: string;
  /** Why, in a few words. */
  reason: string;
}

const versions = about('versions');

/** @param managementUrls the name of each may have several addresses: all of them are asked */
export async function checkVersions(managementUrls: readonly string[]): Promise<Finding> {
  if (managementUrls.length === 0) {
    return versions.skipped(
      'the front does not tell them',
      'name the management ports of all processes with --management',
      PLACES.doctor,
    );
  }
  const urls = (await Promise.all(managementUrls.map(allAddresses))).flat();
  const told = await Promise.all(urls.map(readVersion));
  return judgeVersions(
    told.filter((each): each is RunningVersion => 'version' in each),
    told.filter((each): each is Untold => 'reason' in each),
  );
}

/** @returns the URL at each address of its name: the replicas of a service share one name */
async function allAddresses(text: string): Promise<string[]> {
  const url = new URL(text);
  if (url.protocol === 'https:') return [url.origin]; // its certificate has the name, and not the addresses
  const addresses = await lookup(url.hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  // `localhost` has two addresses of one machine.
  if (addresses.length === 0 || url.hostname === 'localhost') return [url.origin];
  return addresses.map(({ address, family }) => {
    url.hostname = family === 6 ? `[${address}]` : address;
    return url.origin;
  });
}

async function readVersion(url: string): Promise<RunningVersion | Untold> {
  try {
    const answer = await ask(`${url}/version`);
    const { data } = runningVersion.safeParse(fieldsOf(answer));
    return data ?? { url, reason: `/version is answered ${describeAnswer(answer)}` };
  } catch (error) {
    return { url, reason: (error as Error).message };
  }
}

export function judgeVersions(running: readonly RunningVersion[], untold: readonly Untold[]): Finding {
  if (untold.length > 0) {
    return versions.fail(
      untold.map(({ url, reason }) => `${url} does not tell its version: ${reason}`).join('; '),
      'check that the process runs, and its MANAGEMENT_PORT and MANAGEMENT_HOST',
      PLACES.monitoring,
    );
  }
  const groups = new Map<string, number>();
  for (const { service, version, revision, node } of running) {
    const name = [
      service,
      version,
      ...(revision ? [`(${revision.slice(0, 12)})`] : []),
      `on Node ${node.replace(/^v/, '')}`,
    ].join(' ');
    groups.set(name, (groups.get(name) ?? 0) + 1);
  }
  const found = [...groups].map(([name, count]) => (count === 1 ? name : `${count} ${name}`)).join(', ');
  const isMixed = new Set(running.map(({ version, revision }) => `${version} ${revision ?? ''}`)).size > 1;
  if (!isMixed) return versions.ok(found);
  return versions.warn(
    found,
    'finish the upgrade, or go back: different versions are for its minutes only',
    PLACES.upgrades,
  );
}
