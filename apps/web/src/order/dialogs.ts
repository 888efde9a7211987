export { DeleteDialog } from './delete-dialog.js';
export { OrderDialog } from './order-dialog.js';
