import { type OrderStatus } from '@galley/client';

/** The fields that people see change, by the name that orders have for them. */
type FieldName =
  'title' | 'quantity' | 'estimatedDate' | 'customerId' | 'rush' | 'status' | 'orderId' | 'message' | 'note';

interface StageWords {
  /** As the shop calls the stage. */
  name: string;
  /** Without "In", for places with little room. */
  short: string;
  /** What an order is moved to. */
  place: string;
  /** What a column says that has no order. */
  nothing: string;
}

const stages: Record<OrderStatus, StageWords> = {
  'In Production': { name: 'In Production', short: 'Production', place: 'Production', nothing: 'Nothing to produce.' },
  'In Printing': { name: 'In Printing', short: 'Printing', place: 'Printing', nothing: 'Nothing to print.' },
  'In Binding': { name: 'In Binding', short: 'Binding', place: 'Binding', nothing: 'Nothing to bind.' },
  Packaging: { name: 'Packaging', short: 'Packaging', place: 'Packaging', nothing: 'Nothing to pack.' },
  Delivery: { name: 'Delivery', short: 'Delivery', place: 'Delivery', nothing: 'Nothing to deliver.' },
};

const fields: Record<FieldName, string> = {
  title: 'Title',
  quantity: 'Quantity',
  estimatedDate: 'Expected',
  customerId: 'Customer',
  rush: 'Rush',
  status: 'Stage',
  orderId: 'Order',
  message: 'Message to the customer',
  note: 'Note',
};

/** What is said in English of the stages and fields of orders, and of people. */
export const englishTerms = {
  stages,
  fields,
  people: {
    you: 'you',
    You: 'You',
    somebody: 'Somebody',
    system: 'Galley',
    customer: (sub: string) => `${sub} (customer)`,
  },
};
