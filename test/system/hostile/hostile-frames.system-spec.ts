import { hostileFramesContract } from './hostile-frames.contract.js';

hostileFramesContract(2_000);
