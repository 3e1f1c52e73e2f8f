import { randomUUID } from 'node:crypto';
import { type Answer, bodyFields, type Call, type Fields, type Operation, textOf } from '../operation.ts';
import { addMember } from './members.ts';
import { changeReferral } from './referrals.ts';
import { bodyList, invalid, rockDate, type Rock } from './rock.ts';
import type { Invite } from './state.ts';

/** People handed over in bulk: to be invited, or as paying customers. The shapes of bodies and answers are assumed. */
export function feedOperations(rock: Rock): Operation[] {
  return [
    {
      name: 'rr.invite.create',
      method: 'POST',
      path: '/api/invitefeed',
      effect: 'write',
      run: (call) => invite(rock, call),
    },
    {
      name: 'rr.invite.create-many',
      method: 'POST',
      path: '/api/invitefeeds',
      effect: 'write',
      run: (call) => inviteMany(rock, call),
    },
    {
      name: 'rr.customer.feed',
      method: 'POST',
      path: '/api/customerfeed',
      effect: 'write',
      run: (call) => feedCustomer(rock, call),
    },
  ];
}

function invite(rock: Rock, call: Call): Answer {
  const { id } = putInvite(rock, bodyFields(call), call.now);
  return { status: 200, body: { message: 'Invite Added' }, recordId: id };
}

function inviteMany(rock: Rock, call: Call): Answer {
  const items = bodyList(call);
  for (const item of items) emailOf(item);
  const invites = items.map((item) => putInvite(rock, item, call.now));
  return { status: 200, body: { message: `${invites.length} Invites Added` }, recordId: invites[0]?.id };
}

/** Who waits already is not put in twice. */
function putInvite(rock: Rock, fields: Fields, now: number): Invite {
  const email = emailOf(fields);
  const waiting = rock.state.invites.by('email', email.toLowerCase())[0];
  return rock.state.invites.put({
    id: waiting?.id ?? randomUUID(),
    email,
    firstName: textOf(fields['firstName']) ?? '',
    lastName: textOf(fields['lastName']) ?? '',
    contactType: textOf(fields['contactType']) ?? '',
    createDate: waiting?.createDate ?? rockDate(now),
  });
}

/**
 * A paying customer: the pending referrals with this e-mail become approved, with all that follows. If there is none, a preloaded
 * member in each program that preloads new customers; else nothing (reference/referral-rock.md 2.8).
 */
function feedCustomer(rock: Rock, call: Call): Answer {
  const body = bodyFields(call);
  const email = emailOf(body);
  const { amount, externalIdentifier } = body;
  if (amount !== undefined && amount !== null && typeof amount !== 'number')
    throw invalid({ amount: `The value '${String(amount)}' is not valid for amount.` });
  const answer = (outcome: string, recordId?: string): Answer => ({ status: 200, body: { email, outcome }, recordId });
  const pending = rock.state.referrals.by('email', email.toLowerCase()).filter((each) => each.status === 'Pending');
  for (const referral of pending) {
    const owned = referral.externalIdentifier === '' ? { externalIdentifier } : {};
    changeReferral(rock, { record: referral }, { status: 'Approved', amount, ...owned }, call);
  }
  if (pending[0]) return answer('ReferralApproved', pending[0].id);
  const known = new Set(rock.state.members.by('email', email.toLowerCase()).map((member) => member.programId));
  const programs = rock.state.programs
    .all()
    .filter((program) => program.isActive && program.preloadsCustomers && !known.has(program.id));
  const fields = { firstName: '', ...body };
  const members = programs.map((program) => addMember(rock, program.id, fields, call.now));
  return members[0] ? answer('MemberPreloaded', members[0].id) : answer('Skipped');
}

function emailOf(fields: Fields): string {
  const email = textOf(fields['email'])?.trim();
  if (!email) throw invalid({ email: 'The email field is required.' });
  return email;
}
