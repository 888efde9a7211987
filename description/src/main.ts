import { writeFileSync } from 'node:fs';
import { runTool } from '@galley/runtime';
import { WRITTEN_FILES } from './written-files.js';

const HELP = `npm run docs:api: writes again the files that are made from schemas and tables
`;

await runTool({ help: HELP, options: {} }, async () => {
  for (const { path, write } of WRITTEN_FILES) writeFileSync(path, await write());
});
