import { z } from 'zod';
import { POSITION } from './feed-position.js';

/** A position in the change feed, as text. */
export const position = z.string().regex(POSITION, 'must be "<epoch>:<seq>"');
