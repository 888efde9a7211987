import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { announce, type Announce, type AnnouncementEvent } from '#contracts';
import { AnnouncementsService } from './announcements.service.js';

@Controller('announcements')
export class AnnouncementsController {
  constructor(private readonly announcements: AnnouncementsService) {}

  /** 202: handed to the gateways; a client that is away will not hear of it. */
  @Post()
  @HttpCode(202)
  announce(@Body({ schema: announce }) request: Announce): Promise<AnnouncementEvent> {
    return this.announcements.announce(request);
  }
}
