import { isolationContract } from './isolation.contract.js';

isolationContract(50, Number(process.env.ISOLATION_CHANGES ?? 3_000));
