import { isolationContract } from './isolation.contract.js';

isolationContract(10, 300);
