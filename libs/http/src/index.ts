export { useJsonBody } from './problems/json-body.js';
export { ProblemFilter, sendFrameworkProblem, sendParserProblem } from './problems/problem.filter.js';
export { SchemaPipe } from './problems/schema.pipe.js';
export { deadlines, fastifyDeadlines } from './server/deadlines.js';
export { useLastAnswers, useResponseHeaders } from './server/response-headers.js';
export { serverOptions } from './server/server-options.js';
