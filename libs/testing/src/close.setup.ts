import { afterAll } from '@jest/globals';
import { closeAll } from './own.js';

// After what a test file closes by itself, since hooks run in the order of their definition.
afterAll(closeAll, 60_000);
