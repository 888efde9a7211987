import { Logger } from '@nestjs/common';

// Tests cause outages on purpose; what the parts say of them would bury the report.
Logger.overrideLogger(['fatal']);
