import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment } from '@galley/runtime';
import { peerVariables } from '../peers/peer-variables.js';
import { managementVariables, toManagementOptions } from './management-variables.js';

const schema = z.object({ ...managementVariables(9_465), ...peerVariables });
const read = (env: NodeJS.ProcessEnv) => toManagementOptions(readEnvironment(schema, env));

it('is open to this machine only, unless it is told otherwise', () => {
  expect(read({})).toEqual({ host: '127.0.0.1', port: 9_465, allowedHosts: [] });
  expect(read({ MANAGEMENT_HOST: '0.0.0.0', MANAGEMENT_PORT: '0' })).toMatchObject({ host: '0.0.0.0', port: 0 });
});

it('can be switched off', () => {
  expect(read({ MANAGEMENT_PORT: 'off' })).toBeUndefined();
});

it('says what its port may be', () => {
  expect(() => read({ MANAGEMENT_PORT: 'on' })).toThrow(
    'MANAGEMENT_PORT: must be a whole number from 0 to 65535, or off',
  );
});
