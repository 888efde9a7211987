import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

/** A file as it is, and compressed, by `Content-Encoding`. */
export type FileCopies = { identity: Buffer } & Partial<Record<CompressedEncoding, Buffer>>;

type CompressedEncoding = 'br' | 'gzip';

/** The smaller one first. */
const ENCODINGS: readonly CompressedEncoding[] = ['br', 'gzip'];

export interface FileAnswer {
  status: 200 | 304;
  /** In lower case. */
  headers: Record<string, string | number>;
  /** For `HEAD`, only its length is sent. */
  body?: Buffer;
}

/** A file that the process keeps in memory. It is the same for everybody who asks. */
export class ServedFile {
  private readonly headers: Record<string, string>;
  private readonly etag: string;

  /** @param headers the headers of the file, in lower case: its type, how long it may be kept, and its policy */
  constructor(
    private readonly copies: FileCopies,
    headers: Readonly<Record<string, string>>,
  ) {
    const hash = createHash('sha256').update(copies.identity).digest('base64url').slice(0, 16);
    // Weak, because the compressed copies have the same one.
    this.etag = `W/"${hash}"`;
    this.headers = { ...headers, vary: 'accept-encoding', etag: this.etag };
  }

  /** @param headers the headers of a request for this file */
  answerTo(headers: IncomingHttpHeaders): FileAnswer {
    const tags = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
    if (tags.includes(this.etag) || tags.includes('*')) return { status: 304, headers: this.headers };
    const encoding = ENCODINGS.find((name) => this.copies[name] && accepts(headers['accept-encoding'], name));
    const body = (encoding && this.copies[encoding]) ?? this.copies.identity;
    return {
      status: 200,
      headers: { ...this.headers, ...(encoding && { 'content-encoding': encoding }), 'content-length': body.length },
      body,
    };
  }
}

const NEVER = /^q=0(\.0*)?$/;

/** Whether `Accept-Encoding` names an encoding, and does not refuse it with a weight of zero. */
function accepts(header: string | string[] | undefined, encoding: string): boolean {
  return String(header ?? '')
    .split(',')
    .map((part) => part.split(';').map((piece) => piece.trim().toLowerCase()))
    .some(([name, weight = '']) => name === encoding && !NEVER.test(weight));
}
