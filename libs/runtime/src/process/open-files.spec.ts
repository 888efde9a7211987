import { expect, it } from '@jest/globals';
import { parseOpenFilesLimit } from './open-files.js';

const limitsWith = (
  openFiles: string,
) => `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max core file size        0                    unlimited            bytes     
${openFiles}
Max locked memory         8388608              8388608              bytes     
`;

it.each([
  ['the soft limit', 'Max open files            1024                 524288               files     ', 1_024],
  ['no number', 'Max open files            unlimited            unlimited            files     ', undefined],
  ['no such line', 'Max file locks            7                    7                    locks     ', undefined],
])('reads the limit of open files where the system gives %s', (_what, line, expected) => {
  expect(parseOpenFilesLimit(limitsWith(line))).toBe(expected);
});
