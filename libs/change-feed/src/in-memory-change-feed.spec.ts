import { changeFeedContract } from './change-feed.contract.js';
import { InMemoryChangeFeed } from './in-memory-change-feed.js';

changeFeedContract({
  open: (history) => Promise.resolve(new InMemoryChangeFeed(history)),
  save: (feed) => {
    const goBack = feed.save();
    return Promise.resolve(() => {
      goBack();
      return Promise.resolve(feed);
    });
  },
});
