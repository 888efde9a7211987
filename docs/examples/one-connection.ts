import { createClient } from '@galley/client';

const client = createClient({ url: location.origin });
const open = client.trackOrders({ open: true });
const job = client.trackOrder('job-1');
const show = () => console.log(open.getSnapshot().orders.length, job.getSnapshot().order?.status);
open.subscribe(show);
job.subscribe(show);
