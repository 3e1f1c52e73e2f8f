import { randomUUID } from 'node:crypto';
import { type Answer, bodyFields, type Call, isFields, type Operation, textOf } from '../operation.ts';
import { findReferral } from './lookup.ts';
import { rewardAction } from './reward-rules.ts';
import { invalid, queryOf, refusal, rockDate, type Rock } from './rock.ts';
import type { Referral } from './state.ts';

export function emailAndActionOperations(rock: Rock): Operation[] {
  const back = {
    path: '/api/email/removeunsubscribe',
    effect: 'write',
    run: (call: Call) => resubscribe(rock, call),
  } as const;
  return [
    {
      name: 'rr.email.get-unsubscribed',
      method: 'GET',
      path: '/api/email/getunsubscribed',
      effect: 'read',
      run: (call) => isUnsubscribed(rock, call),
    },
    {
      name: 'rr.email.unsubscribe',
      method: 'POST',
      path: '/api/email/unsubscribe',
      effect: 'write',
      run: (call) => unsubscribe(rock, call),
    },
    { name: 'rr.email.resubscribe', method: 'POST', ...back },
    { name: 'rr.email.resubscribe', method: 'DELETE', ...back },
    {
      name: 'rr.referral-action.create',
      method: 'POST',
      path: '/api/referralaction',
      effect: 'write',
      run: (call) => act(rock, call),
    },
  ];
}

/** The address may come in the query or in the body; the answers' shape is assumed. */
function addressOf(call: Call): string {
  const email = queryOf(call, 'email') ?? textOf(bodyFields(call)['email']);
  if (!email) throw invalid({ email: 'The email field is required.' });
  return email;
}

function isUnsubscribed(rock: Rock, call: Call): Answer {
  const email = addressOf(call);
  return { status: 200, body: { email, unsubscribed: rock.state.unsubscribed.get(email.toLowerCase()) !== undefined } };
}

function unsubscribe(rock: Rock, call: Call): Answer {
  const email = addressOf(call);
  const id = email.toLowerCase();
  if (!rock.state.unsubscribed.get(id)) {
    rock.state.unsubscribed.put({ id });
    rock.emit('EmailUnsubscribed', { Email: email });
  }
  return { status: 200, body: { message: 'Success' }, recordId: id };
}

function resubscribe(rock: Rock, call: Call): Answer {
  const id = addressOf(call).toLowerCase();
  rock.state.unsubscribed.delete(id);
  return { status: 200, body: { message: 'Success' }, recordId: id };
}

/** A repeated external identifier does nothing: the one write with a de-duplication key. */
function act(rock: Rock, call: Call): Answer {
  const body = bodyFields(call);
  if (typeof body['amount'] !== 'number') throw invalid({ amount: 'The amount field is required.' });
  const referral = referralOf(rock, body['referralQuery']);
  const externalIdentifier = textOf(body['externalIdentifier']) ?? '';
  if (externalIdentifier && rock.state.actions.by('externalIdentifier', externalIdentifier).length > 0)
    return { status: 200 };
  const at = rockDate(call.now);
  const name = textOf(body['name']) ?? '';
  const id = randomUUID();
  rock.state.actions.put({
    id,
    referralId: referral.id,
    amount: body['amount'],
    name,
    externalIdentifier,
    createDate: at,
  });
  rewardAction(rock, referral, at);
  return { status: 200, recordId: id };
}

function referralOf(rock: Rock, query: unknown): Referral {
  if (isFields(query)) {
    const found = findReferral(rock, query);
    if ('why' in found) throw refusal(400, found.why);
    return found.record;
  }
  const key = (textOf(query) ?? '').toLowerCase();
  const { referrals } = rock.state;
  const referral =
    referrals.get(key) ?? referrals.by('email', key).at(-1) ?? referrals.by('externalIdentifier', key).at(-1);
  if (!referral) throw refusal(400, 'Referral not found.');
  return referral;
}
