import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { GalleyError, toProblem, type Problem } from '@galley/contracts';

const read = (file: string) => readFileSync(new URL(`../../../docker/${file}`, import.meta.url), 'utf8');

/** The ping interval of engine.io, at which gateways send comments to readers of /changes. */
const COMMENT_EVERY_SECONDS = 25;

describe.each(['nginx/nginx.conf', 'web/nginx.conf'])('docker/%s', (file) => {
  const configuration = read(file);
  const documents = [...configuration.matchAll(/^ +(\d+|default) '(\{.*\})';$/gm)];

  it.each(documents.map(([, status = '', text = '']) => [status, JSON.parse(text) as Problem] as const))(
    'answers the status %s with the problem document that the apps have for it',
    (status, problem) => {
      expect(problem).toEqual(toProblem(new GalleyError(problem.code, problem.detail)));
      expect(String(problem.status)).toBe(status === 'default' ? '400' : status);
    },
  );

  it('has a problem document for each status that nginx itself answers with', () => {
    const answered = [...configuration.matchAll(/error_page ((?:\d{3} )+)(?:=(\d{3}) )?\/problem;/g)].flatMap(
      ([, statuses = '', changed]) => (changed === undefined ? statuses.trim().split(' ') : [changed]),
    );
    expect(new Set(answered)).toEqual(new Set(documents.map(([, status]) => (status === 'default' ? '400' : status))));
  });
});

describe('the front', () => {
  const configuration = read('nginx/nginx.conf');

  it('buffers no answer of a gateway, and waits for the comments of a silent stream', () => {
    const locations = configuration.split(/^ {4}location /m).filter((location) => location.includes(':3001'));
    expect(locations.map((location) => location.split(' {')[0])).toEqual(['/socket.io/', '= /changes']);
    for (const location of locations) expect(location).toContain('proxy_buffering off;');
    const [, seconds] = /proxy_read_timeout (\d+)s;/.exec(locations[1] ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(2 * COMMENT_EVERY_SECONDS);
  });

  it('has no location with headers of its own, which would inherit none of the others', () => {
    const [, ...locations] = configuration.split(/^ {4}location /m);
    expect(locations.length).toBeGreaterThan(2);
    for (const location of locations) expect(location).not.toContain('proxy_set_header');
  });
});
