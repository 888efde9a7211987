import { z } from 'zod';
import { MAX_POSITION_LENGTH } from './feed-position.js';

/** A position in the change feed, as text that a client stores and sends back, and does not take apart. */
export const position = z.string().max(MAX_POSITION_LENGTH);
