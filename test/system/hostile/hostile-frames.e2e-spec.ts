import { hostileFramesContract } from './hostile-frames.contract.js';

hostileFramesContract(60);
