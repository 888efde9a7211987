import { Logger } from '@nestjs/common';

// Tests cause outages on purpose, and the log lines about them would hide the test report.
Logger.overrideLogger(['fatal']);
