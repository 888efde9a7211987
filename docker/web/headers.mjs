import { readFileSync } from 'node:fs';

/** headers.mjs FILE: prints the headers of a JSON file as nginx writes them. */
const headers = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const [name, value] of Object.entries(headers)) console.log(`add_header ${name} "${value}" always;`);
