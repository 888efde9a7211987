import { feedWitnessContract } from './feed-witness.contract.js';
import { InMemoryFeedWitness } from './in-memory-feed-witness.js';

feedWitnessContract(() => Promise.resolve(new InMemoryFeedWitness()));
