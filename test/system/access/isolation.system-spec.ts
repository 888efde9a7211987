import { isolationContract } from './isolation.contract.js';

isolationContract(50, 10_000);
