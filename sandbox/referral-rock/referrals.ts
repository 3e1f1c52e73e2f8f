import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, bodyFields, type Call, type Fields, type Operation, textOf } from '../operation.ts';
import { findReferral, type Found, part, programByText, programIdOf } from './lookup.ts';
import { blankReferral, given, referralFields, whyWrong } from './models.ts';
import { rewardStatus } from './reward-rules.ts';
import {
  bodyList,
  createdWithin,
  failedWith,
  invalid,
  pageOf,
  queryOf,
  refusal,
  removedWell,
  rockDate,
  type Rock,
  succeeded,
} from './rock.ts';
import { sorted } from './sorting.ts';
import type { Referral, ReferralStatus } from './state.ts';
import { hookBody, referralView } from './views.ts';

export function referralOperations(rock: Rock): Operation[] {
  const removal = { path: '/api/referral/remove', effect: 'write', run: (call: Call) => remove(rock, call) } as const;
  return [
    {
      name: 'rr.referral.list',
      method: 'GET',
      path: '/api/referrals',
      effect: 'read',
      run: (call) => list(rock, call),
    },
    {
      name: 'rr.referral.create',
      method: 'POST',
      path: '/api/referrals',
      effect: 'write',
      run: (call) => create(rock, call),
    },
    {
      name: 'rr.referral.status',
      method: 'POST',
      path: '/api/referrals/status',
      effect: 'write',
      run: (call) => setStatus(rock, call),
    },
    {
      name: 'rr.referral.single',
      method: 'GET',
      path: '/api/referral/single',
      effect: 'read',
      run: (call) => single(rock, call),
    },
    {
      name: 'rr.referral.update',
      method: 'POST',
      path: '/api/referral/update',
      effect: 'write',
      run: (call) => update(rock, call),
    },
    { name: 'rr.referral.remove', method: 'POST', ...removal },
    { name: 'rr.referral.remove', method: 'DELETE', ...removal },
  ];
}

function list(rock: Rock, call: Call): Answer {
  const query = queryOf(call, 'query');
  const programText = queryOf(call, 'programId');
  const program = programText === undefined ? undefined : programByText(rock, programText);
  const memberId = queryOf(call, 'memberId')?.toLowerCase();
  const status = queryOf(call, 'status')?.toLowerCase();
  const within = createdWithin(call);
  const found = (query === undefined ? rock.state.referrals.all() : referralsByText(rock, query))
    .filter((referral) => programText === undefined || programIdOf(rock, referral) === program?.id)
    .filter((referral) => memberId === undefined || referral.memberId === memberId)
    .filter((referral) => status === undefined || referral.status.toLowerCase() === status)
    .filter((referral) => within(referral.createDate));
  const keys = { Create_Dt: (referral: Referral) => referral.createDate };
  const { page, set } = pageOf(call, sorted(call, found, keys));
  return { status: 200, body: { ...set, referrals: page.map((referral) => referralView(rock, referral)) } };
}

/** Referrals whose e-mail, internal id or external id equals `text`, or whose member has it as code. */
function referralsByText(rock: Rock, text: string): Referral[] {
  const key = text.toLowerCase();
  const { members, referrals } = rock.state;
  const byCode = members.by('referralCode', key).flatMap((member) => referrals.by('memberId', member.id));
  const byId = referrals.get(key);
  return [
    ...new Set([
      ...(byId ? [byId] : []),
      ...referrals.by('email', key),
      ...referrals.by('externalIdentifier', key),
      ...byCode,
    ]),
  ];
}

/** A bare object. An e-mail or external id that several programs have is ambiguous here; the newest is given [unsure]. */
function single(rock: Rock, call: Call): Answer {
  const { referrals } = rock.state;
  const [email, id, externalId] = ['email', 'referralId', 'externalId'].map((name) =>
    queryOf(call, name)?.toLowerCase(),
  );
  if (!email && !id && !externalId) throw refusal(400, 'At least one of email, referralId or externalId is required.');
  const found = id
    ? referrals.get(id)
    : (email ? referrals.by('email', email) : referrals.by('externalIdentifier', externalId ?? '')).at(-1);
  if (!found) throw refusal(404, 'Referral not found.');
  return { status: 200, body: referralView(rock, found) };
}

/** Needs only the member's code, which also decides the program. The API itself finds no duplicates. */
function create(rock: Rock, call: Call): Answer {
  const body = bodyFields(call);
  const code = textOf(body['referralCode'])?.trim();
  if (!code) throw invalid({ 'newReferral.referralCode': 'The referralCode field is required.' });
  const member = rock.state.members.by('referralCode', code.toLowerCase())[0];
  if (!member) throw refusal(400, 'Member not found for the referral code.');
  if (member.disabledFlag) throw refusal(400, 'The member is disabled.');
  const fields = given(body, referralFields);
  const wrong = whyWrong(fields);
  if (wrong) throw refusal(400, wrong);
  const status = statusOf(body['status']) ?? 'Pending';
  const at = rockDate(call.now);
  const source = call.actor === 'api' ? 'API' : 'Admin';
  const referral = rock.state.referrals.put(
    inStatus(
      { ...blankReferral, ...fields, id: randomUUID(), memberId: member.id, source, createDate: at, updateDate: at },
      status,
      at,
    ),
  );
  rock.emit('ReferralAdd', hookBody(referralView(rock, referral)));
  rewardStatus(rock, referral, at);
  return {
    status: 201,
    body: { message: 'Referral Added', referral: referralView(rock, referral) },
    recordId: referral.id,
  };
}

function update(rock: Rock, call: Call): Answer {
  const items = bodyList(call);
  for (const item of items) checkModel(part(item, 'referral'));
  const results = items.map((item) => {
    const query = part(item, 'query');
    const found = changeReferral(rock, findReferral(rock, query), part(item, 'referral'), call);
    if ('why' in found) return { id: undefined, result: { query, referral: null, resultInfo: failedWith(found.why) } };
    const { record } = found;
    return { id: record.id, result: { query, referral: referralView(rock, record), resultInfo: succeeded() } };
  });
  return { status: 200, body: results.map(({ result }) => result), recordId: results[0]?.id };
}

/** The whole body is bound to its model before anything is done: one wrong type refuses all items. */
function checkModel(fields: Fields): void {
  given(fields, referralFields);
  statusOf(fields['status']);
}

/** The deprecated way to set a status. */
function setStatus(rock: Rock, call: Call): Answer {
  const body = bodyFields(call);
  const { referralId, status, amount, publicNote } = body;
  if (!textOf(referralId) || !textOf(status)) throw refusal(400, 'referralId and status are required.');
  const found = changeReferral(
    rock,
    findReferral(rock, { primaryInfo: { referralId } }),
    { status, amount, publicNote },
    call,
  );
  if ('why' in found) throw refusal(400, found.why);
  return {
    status: 200,
    body: { message: 'Referral Updated', referral: referralView(rock, found.record) },
    recordId: found.record.id,
  };
}

/** Only what is passed changes; a forbidden status leaves the whole referral as it was. */
export function changeReferral(rock: Rock, found: Found<Referral>, fields: Fields, call: Call): Found<Referral> {
  if ('why' in found) return found;
  const before = found.record;
  const status = statusOf(fields['status']) ?? before.status;
  const changed = { ...before, ...given(fields, referralFields) };
  const why = whyForbidden(before, status) ?? whyWrong(changed);
  if (why) return { why };
  const at = rockDate(call.now);
  const after = inStatus(changed, status, at);
  if (isDeepStrictEqual(before, after)) return { record: before };
  const referral = rock.state.referrals.put({ ...after, updateDate: at });
  const body = hookBody(referralView(rock, referral));
  rock.emit('ReferralUpdate', body);
  if (status !== before.status) {
    rock.emit('ReferralStatusChange', body);
    rewardStatus(rock, referral, at);
  }
  return { record: referral };
}

/** Approved is final; a denied referral becomes qualified only if it never was (reference/referral-rock.md 4). The rest is allowed. */
function whyForbidden(before: Referral, status: ReferralStatus): string | undefined {
  if (status === before.status) return undefined;
  if (before.status === 'Approved') return 'An approved referral cannot change its status.';
  if (before.status === 'Denied' && status === 'Qualified' && before.qualifiedDate) {
    return 'A denied referral that was qualified before cannot be qualified again.';
  }
  return undefined;
}

function inStatus(referral: Referral, status: ReferralStatus, at: string): Referral {
  if (status === referral.status) return referral;
  return {
    ...referral,
    status,
    ...(status === 'Qualified' && { qualifiedDate: at }),
    ...(status === 'Approved' && { approvedDate: at }),
  };
}

/** Taken in any letter case, answered with a capital: callers cannot rely on its case. */
function statusOf(value: unknown): ReferralStatus | undefined {
  if (value === undefined || value === null) return undefined;
  const statuses: ReferralStatus[] = ['Pending', 'Qualified', 'Approved', 'Denied'];
  const status = statuses.find((each) => each.toLowerCase() === String(value).toLowerCase());
  if (!status) throw invalid({ status: `The value '${String(value)}' is not valid for status.` });
  return status;
}

function remove(rock: Rock, call: Call): Answer {
  const results = bodyList(call).map((item) => {
    const query = part(item, 'query');
    const found = findReferral(rock, query);
    if ('why' in found) return { id: undefined, result: { query, resultInfo: failedWith(found.why) } };
    const { record: referral } = found;
    const last = hookBody(referralView(rock, referral));
    for (const reward of rock.state.rewards.by('referralId', referral.id)) rock.state.rewards.delete(reward.id);
    rock.state.referrals.delete(referral.id);
    rock.emit('ReferralDelete', last);
    return { id: referral.id, result: { query, resultInfo: removedWell() } };
  });
  return { status: 200, body: results.map(({ result }) => result), recordId: results[0]?.id };
}
