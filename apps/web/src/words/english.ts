import { englishBoard } from './english-board.js';
import { englishMoves } from './english-moves.js';
import { englishOrder } from './english-order.js';
import { englishTerms } from './english-terms.js';
import { englishPages } from './english-pages.js';
import { englishTimes } from './english-times.js';

/** All that the board and the wall say, in English. Every language has the same keys. */
export const english = {
  ...englishTimes,
  ...englishTerms,
  ...englishBoard,
  ...englishMoves,
  ...englishOrder,
  ...englishPages,
};
