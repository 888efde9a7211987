// Preload this into an orders API with `node --import`. The process then ends like in a crash, after its first commit and
// before it appends the change to the feed.
import { RedisChangeFeed } from '@galley/change-feed';

RedisChangeFeed.prototype.append = () => process.kill(process.pid, 'SIGKILL');
