import { type NewOrder } from '@galley/client';

interface PlaceOrderProps {
  place: (order: NewOrder) => void;
}

export function PlaceOrder({ place }: PlaceOrderProps) {
  function submit(fields: FormData) {
    const text = (name: string) => fields.get(name) as string;
    place({ customerId: text('customerId'), title: text('title'), quantity: Number(text('quantity')) });
  }
  return (
    <form action={submit}>
      <label>
        Customer <input name="customerId" defaultValue="ana" required />
      </label>{' '}
      <label>
        Title <input name="title" required />
      </label>{' '}
      <label>
        Copies <input name="quantity" type="number" min="1" defaultValue="500" required />
      </label>{' '}
      <button>Place</button>
    </form>
  );
}
