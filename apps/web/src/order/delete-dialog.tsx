import { type Order } from '@galley/client';
import { words } from '../page/page.js';
import { NativeDialog } from './native-dialog.js';

interface DeleteDialogProps {
  order: Order;
  dismiss: () => void;
  remove: () => void;
  closeInstead: () => void;
}

/** Asks before an order is deleted, because that cannot be undone. */
export function DeleteDialog({ order, dismiss, remove, closeInstead }: DeleteDialogProps) {
  const text = words.dialog;
  const andDismiss = (act: () => void) => () => {
    dismiss();
    act();
  };
  return (
    <NativeDialog
      title={text.removeTitle(order.title)}
      dismiss={dismiss}
      foot={
        <>
          <button className="button button-quiet" onClick={dismiss}>
            {text.cancel}
          </button>
          <button className="button" onClick={andDismiss(closeInstead)}>
            {text.closeInstead}
          </button>
          <button className="button button-bad" onClick={andDismiss(remove)}>
            {text.remove}
          </button>
        </>
      }
    >
      <div className="dialog-text">
        <p>{text.removeText}</p>
        <p>{text.removeHint}</p>
      </div>
    </NativeDialog>
  );
}
