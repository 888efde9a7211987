import { afterAll } from '@jest/globals';
import { closeAll } from './own.js';

// Runs after the hooks of the test file, because hooks run in the order of their definition.
afterAll(closeAll, 60_000);
