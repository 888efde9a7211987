import { InMemoryTurns } from './in-memory-turns.js';
import { turnsContract } from './turns.contract.js';

turnsContract(() => Promise.resolve(new InMemoryTurns()));
