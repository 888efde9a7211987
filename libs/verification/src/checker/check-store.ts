import { leastRevisions, mostRevisions } from './contradiction.js';
import { describeChange } from './heard-change.js';
import { type Ledger } from './ledger.js';
import { mayOwn, type OrderFacts } from './order-facts.js';
import { type Violation } from './report.js';

/** Finds where the final state of an order contradicts the answers to its writers or what any client heard. */
export function* checkStored(facts: OrderFacts, ledger: Ledger): Generator<Violation> {
  const { orderId, stored, undone, needless } = facts;
  if (undone.length > 0) {
    const detail = `several updates were answered revision ${undone.join(', ')}: one undid the other`;
    yield { kind: 'lost', orderId, detail };
  }
  for (const { at, revision } of needless) {
    const detail = `a request that changes nothing of revision ${at} was answered revision ${revision}`;
    yield { kind: 'invented', orderId, detail };
  }
  if (stored && !mayOwn(facts, stored.customerId)) {
    yield { kind: 'state', orderId, detail: `stored for ${stored.customerId}, although it was not created for them` };
  }
  yield* stored ? checkLiving(facts, stored.revision, ledger) : checkGone(facts, ledger);
}

function* checkLiving(facts: OrderFacts, revision: number, ledger: Ledger): Generator<Violation> {
  const { orderId, creators, deletion } = facts;
  if (creators.size === 0 || revision > mostRevisions(facts)) {
    const explained = creators.size === 0 ? 'no creation' : `at most ${mostRevisions(facts)} revisions`;
    yield { kind: 'invented', orderId, detail: `stored at revision ${revision}, but its writes explain ${explained}` };
  }
  const least = leastRevisions(facts);
  if (revision < least) {
    yield { kind: 'lost', orderId, detail: `stored at revision ${revision}; writes were answered up to ${least}` };
  }
  const heard = ledger.deletion(orderId);
  if (deletion === 'ok' || heard) {
    const how = heard ? `${describeChange(heard)} was heard` : 'its deletion was answered ok';
    yield { kind: 'resurrected', orderId, detail: `stored at revision ${revision}, although ${how}` };
  }
  const last = ledger.last(orderId);
  if (last && last.revision > revision) {
    yield {
      kind: 'state',
      orderId,
      detail: `stored at revision ${revision}, although ${describeChange(last)} was heard`,
    };
  }
}

function* checkGone(facts: OrderFacts, ledger: Ledger): Generator<Violation> {
  const { orderId, acknowledged, deletion, creators } = facts;
  const last = ledger.last(orderId);
  if (deletion === 'failed' && creators.size > 0 && (acknowledged || last)) {
    const how = acknowledged ? 'a write was answered ok' : `it was heard of as ${last ? describeChange(last) : ''}`;
    yield { kind: 'lost', orderId, detail: `not in the store and never deleted, although ${how}` };
  }
  const end = ledger.deletion(orderId);
  const least = leastRevisions(facts);
  if (end && end.revision <= least) {
    const detail = `deleted as ${describeChange(end)}; writes before it were answered up to revision ${least}`;
    yield { kind: 'lost', orderId, detail };
  }
}
