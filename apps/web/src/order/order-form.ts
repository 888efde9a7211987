import { type NewOrder, type Order, type OrderFields } from '@galley/client';

/** What the dialog has in its fields. */
export interface OrderForm {
  title: string;
  customerId: string;
  orderId: string;
  quantity: string;
  /** A date, `2026-12-24`, or nothing. */
  estimatedDate: string;
  rush: boolean;
  message: string;
  note: string;
}

export type FormName = Exclude<keyof OrderForm, 'rush'>;

/** What is wrong, by the name of the field. */
export type FieldErrors = Partial<Record<string, string>>;

/** The date of an `estimatedDate`, which may have a time. */
const dateOf = (estimatedDate = '') => estimatedDate.slice(0, 10);

export const toForm = (order?: Order): OrderForm => ({
  title: order?.title ?? '',
  customerId: order?.customerId ?? '',
  orderId: order?.orderId ?? '',
  quantity: order ? String(order.quantity) : '',
  estimatedDate: dateOf(order?.estimatedDate),
  rush: order?.rush ?? false,
  message: '',
  note: '',
});

/** Finds what can be found without asking the orders API, which checks the rest. */
export function check(form: OrderForm, sentences: Record<'title' | 'customerId' | 'quantity', string>): FieldErrors {
  return {
    ...(form.title.trim() === '' && { title: sentences.title }),
    ...(form.customerId.trim() === '' && { customerId: sentences.customerId }),
    ...(!/^\s*0*[1-9]\d*\s*$/.test(form.quantity) && { quantity: sentences.quantity }),
  };
}

/** @param form without errors */
export const toNewOrder = ({ title, customerId, orderId, quantity, estimatedDate, rush }: OrderForm): NewOrder => ({
  title: title.trim(),
  customerId: customerId.trim(),
  quantity: Number(quantity),
  ...(orderId.trim() !== '' && { orderId: orderId.trim() }),
  ...(estimatedDate !== '' && { estimatedDate }),
  ...(rush && { rush }),
});

/** The fields among these changes that somebody else has changed since, to something else. */
export function overtaken(
  changes: OrderFields,
  before: Order,
  now: Order,
): (FormName & keyof OrderFields & keyof Order)[] {
  const names = Object.keys(changes) as (FormName & keyof OrderFields & keyof Order)[];
  return names.filter((name) => now[name] !== before[name] && now[name] !== (changes[name] ?? undefined));
}

/** The fields that differ from the order: an edit changes nothing else, so two people may edit different fields. */
export function changesOf({ title, quantity, estimatedDate, rush }: OrderForm, order: Order): OrderFields {
  return {
    ...(title.trim() !== order.title && { title: title.trim() }),
    ...(Number(quantity) !== order.quantity && { quantity: Number(quantity) }),
    // A time that the field cannot show stays, unless the date is another one.
    ...(estimatedDate !== dateOf(order.estimatedDate) && {
      estimatedDate: estimatedDate === '' ? null : estimatedDate,
    }),
    ...(rush !== (order.rush ?? false) && { rush: rush ? true : null }),
  };
}
