import { germanBoard } from './german-board.js';
import { germanMoves } from './german-moves.js';
import { germanOrder } from './german-order.js';
import { germanTerms } from './german-terms.js';
import { germanPages } from './german-pages.js';
import { germanTimes } from './german-times.js';
import { type Words } from './words.js';

/** All that the board and the wall say, in German. */
export const german: Words = {
  ...germanTimes,
  ...germanTerms,
  ...germanBoard,
  ...germanMoves,
  ...germanOrder,
  ...germanPages,
};
