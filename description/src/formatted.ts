import { format, resolveConfig } from 'prettier';

/** The text as `npm run format` would write it to that file. */
export async function formatted(text: string, path: string): Promise<string> {
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
