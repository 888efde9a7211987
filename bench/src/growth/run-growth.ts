import { answerParent } from '../load/answer.js';
import { type LoadContext } from '../load/context.js';
import { GROWTHS, type GrowthName } from './index.js';

/** The load generator: gets what is to grow and a system from its parent, and answers with the chart. */
answerParent((message) => {
  const { name, context } = message as { name: GrowthName; context: LoadContext };
  return GROWTHS[name].measure(context);
});
