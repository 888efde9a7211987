import './dialog.css';
import { useEffect, useId, useRef, useState } from 'react';
import { type Order, type OrderFields, WriteError, type Write } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { type Edits, type PlacingTracker } from '../moves/edits.js';
import { fieldText } from '../moves/difference.js';
import { currentTime } from '../page/now.js';
import { words } from '../page/page.js';
import { NativeDialog } from './native-dialog.js';
import {
  changesOf,
  check,
  overtaken,
  toForm,
  toNewOrder,
  type FieldErrors,
  type FormName,
  type OrderForm,
} from './order-form.js';

/** A dialog waits so long for an answer. After that the board shows what becomes of the edit. */
const WAIT_MS = 2_000;

interface OrderDialogProps {
  edits: Edits;
  tracker: () => PlacingTracker;
  /** The order to edit, as it is when the dialog opens; absent to place a new one. */
  order?: Order;
  /** The order as it is now; absent if it was closed or deleted. */
  now?: Order | undefined;
  dismiss: () => void;
}

export function OrderDialog({ edits, tracker, order, now, dismiss }: OrderDialogProps) {
  const [blank] = useState<OrderForm>(() => toForm(order));
  const [form, setForm] = useState(blank);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [isSaving, setSaving] = useState(false);
  /** The order as its editor has seen it. */
  const [seen, setSeen] = useState(order);
  const element = useRef<HTMLFormElement>(null);
  const formId = useId();
  const text = words.dialog;
  const count = Object.keys(errors).length;

  useEffect(() => {
    element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [errors]);

  const submit = async (event: React.SyntheticEvent) => {
    event.preventDefault();
    const found = check(form, words.dialog.errors);
    setErrors(found);
    if (Object.keys(found).length > 0 || showOvertaken()) return;
    const write = save();
    if (!write) {
      dismiss();
      return;
    }
    setSaving(true);
    edits.claim(write);
    const refusal = await outcomeOf(write);
    setSaving(false);
    if (refusal?.refusal.reason === 'invalid') {
      setErrors(Object.fromEntries(refusal.refusal.errors.map(({ field, message }) => [field, message])));
      edits.dismissToast();
    } else if (refusal?.code === 'order_exists') {
      setErrors({ orderId: refusal.message });
      edits.dismissToast();
    } else {
      edits.disclaim(write);
      dismiss();
    }
  };
  /** Shows what somebody else has written into the same fields, so that it is not overwritten unseen. @returns whether there is any */
  const showOvertaken = (): boolean => {
    if (!seen || !now) return false;
    const names = overtaken(changesOf(form, seen), seen, now);
    const says = (name: keyof OrderFields & keyof Order) =>
      text.errors.overtaken(fieldText(name, now[name], currentTime()));
    setErrors(Object.fromEntries(names.map((name) => [name, says(name)])));
    setSeen({ ...seen, ...Object.fromEntries(names.map((name) => [name, now[name]])) });
    return names.length > 0;
  };
  /** @returns undefined if there is nothing to save */
  const save = (): Write | undefined => {
    const texts = {
      ...(form.message.trim() !== '' && { message: form.message.trim() }),
      ...(form.note.trim() !== '' && { note: form.note.trim() }),
    };
    if (!seen) return edits.place(tracker(), toNewOrder(form), texts);
    const changes = changesOf(form, seen);
    if (Object.keys(changes).length + Object.keys(texts).length === 0) return undefined;
    return edits.change(tracker(), seen, changes, texts);
  };
  /** What was typed is not lost by one key. */
  const mayLeave = () => form === blank || confirm(text.loseTyped);
  const field = (name: FormName, props: Partial<FieldProps> = {}) => (
    <Field
      name={name}
      value={form[name]}
      error={errors[name]}
      set={(value) => {
        setForm((before) => ({ ...before, [name]: value }));
      }}
      {...props}
    />
  );
  return (
    <NativeDialog
      title={order ? text.edit : text.newOrder}
      dismiss={dismiss}
      mayLeave={mayLeave}
      foot={
        <>
          <button type="button" className="button button-quiet" onClick={dismiss}>
            {text.cancel}
          </button>
          <button type="submit" form={formId} className="button button-main" disabled={isSaving}>
            {isSaving ? words.card.saving : order ? text.save : text.place}
          </button>
        </>
      }
    >
      <form
        id={formId}
        ref={element}
        noValidate
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        {count > 0 && (
          <p className="notice notice-bad wide" role="alert">
            <Icon name="no" />
            <span>
              <b>{text.fieldsNeedALook(count)}</b> {order ? text.nothingSaved : text.nothingPlaced}
            </span>
          </p>
        )}
        {field('title', { isWide: true, maxLength: 200 })}
        {!order && field('customerId')}
        {!order && field('orderId', { hint: text.generated, maxLength: 64 })}
        {field('quantity', { inputMode: 'numeric' })}
        {field('estimatedDate', { type: 'date', hint: text.optional })}
        <label className="check wide">
          <input
            type="checkbox"
            checked={form.rush}
            onChange={({ target }) => {
              setForm((before) => ({ ...before, rush: target.checked }));
            }}
          />{' '}
          {text.rush}
        </label>
        {field('message', { isWide: true, hint: text.forCustomer, isText: true })}
        {field('note', { isWide: true, hint: text.forColleagues, isText: true })}
      </form>
    </NativeDialog>
  );
}

/** @returns why the edit was refused; undefined if it was saved, or there is no answer yet */
async function outcomeOf(write: Write): Promise<WriteError | undefined> {
  const waited = new Promise<undefined>((resolve) => setTimeout(resolve, WAIT_MS, undefined));
  try {
    await Promise.race([write.saved, waited]);
    return undefined;
  } catch (error) {
    if (error instanceof WriteError) return error;
    throw error;
  }
}

interface FieldProps {
  name: FormName;
  value: string;
  error: string | undefined;
  set: (value: string) => void;
  hint?: string;
  isWide?: boolean;
  isText?: boolean;
  type?: 'text' | 'date';
  inputMode?: 'numeric';
  maxLength?: number;
}

function Field({ name, value, error, set, hint, isWide, isText, ...input }: FieldProps) {
  const id = useId();
  const common = {
    id,
    value,
    autoComplete: 'off',
    'aria-invalid': error !== undefined || undefined,
    'aria-describedby': error === undefined ? undefined : `${id}-error`,
    onChange: ({ target }: { target: { value: string } }) => {
      set(target.value);
    },
  };
  return (
    <div className={`field${isWide ? ' wide' : ''}`}>
      <label htmlFor={id}>
        {words.fields[name]} {hint !== undefined && <span>{hint}</span>}
      </label>
      {isText ? <textarea className="textarea" maxLength={500} {...common} /> : <input {...common} {...input} />}
      {error !== undefined && (
        <p className="error" id={`${id}-error`}>
          <Icon name="no" />
          {error}
        </p>
      )}
    </div>
  );
}
