import { SCENARIOS, type ScenarioName } from './scenarios/index.js';
import { type LoadContext } from './load/context.js';

/** The load generator: gets a scenario and a system from its parent, and answers with the figures. */
process.on('message', (message) => {
  const { scenario, context } = message as { scenario: ScenarioName; context: LoadContext };
  SCENARIOS[scenario].load(context).then(
    (figures) => {
      process.send?.(figures, () => process.exit(0));
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
