import { Controller, Get, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Public } from '../access/route-rules.js';
import { DOCS_PATHS, DocsFiles } from './docs-files.js';

/** The description of the API, for everybody: it says nothing that the sources do not say. */
@Controller()
@Public()
export class DocsController {
  constructor(private readonly files: DocsFiles) {}

  @Get(DOCS_PATHS)
  async send(@Req() { routeOptions, headers }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = (await this.files.at(routeOptions.url ?? '')).answerTo(headers);
    await reply.status(answer.status).headers(answer.headers).send(answer.body);
  }
}
