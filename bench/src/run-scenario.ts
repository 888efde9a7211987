import { SCENARIOS, type ScenarioName } from './scenarios/index.js';
import { answerParent } from './load/answer.js';
import { type LoadContext } from './load/context.js';

/** The load generator: gets a scenario and a system from its parent, and answers with the figures. */
answerParent((message) => {
  const { scenario, context } = message as { scenario: ScenarioName; context: LoadContext };
  return SCENARIOS[scenario].load(context);
});
