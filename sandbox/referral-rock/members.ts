import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, bodyFields, type Call, type Fields, type Operation, textOf } from '../operation.ts';
import { findMember, type Found, part, programByText } from './lookup.ts';
import { blankMember, given, memberFields, whyWrong } from './models.ts';
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
import type { Member } from './state.ts';
import { hookBody, memberCounters, memberView } from './views.ts';

const codeTaken = 'The referral code is already in use.';

export function memberOperations(rock: Rock): Operation[] {
  const removal = { path: '/api/members/remove', effect: 'write', run: (call: Call) => remove(rock, call) } as const;
  return [
    { name: 'rr.member.list', method: 'GET', path: '/api/members', effect: 'read', run: (call) => list(rock, call) },
    {
      name: 'rr.member.create',
      method: 'POST',
      path: '/api/members',
      effect: 'write',
      run: (call) => create(rock, call),
    },
    {
      name: 'rr.member.update',
      method: 'POST',
      path: '/api/members/update',
      effect: 'write',
      run: (call) => update(rock, call),
    },
    { name: 'rr.member.remove', method: 'POST', ...removal },
    { name: 'rr.member.remove', method: 'DELETE', ...removal },
  ];
}

/** Members whose e-mail, internal id, external id or referral code equals `text`. */
export function membersByText(rock: Rock, text: string): Member[] {
  const key = text.toLowerCase();
  const { members } = rock.state;
  const byId = members.get(key);
  if (byId) return [byId];
  return [...new Set(['email', 'externalIdentifier', 'referralCode'].flatMap((index) => members.by(index, key)))];
}

function list(rock: Rock, call: Call): Answer {
  const query = queryOf(call, 'query');
  const byId = query === undefined ? undefined : rock.state.members.get(query.toLowerCase());
  // A hit on the internal id ignores the other filters.
  const found = byId ? [byId] : sorted(call, filtered(rock, call, query), sortKeys(rock));
  const { page, set } = pageOf(call, found);
  return { status: 200, body: { ...set, members: page.map((member) => memberView(rock, member)) } };
}

function filtered(rock: Rock, call: Call, query: string | undefined): Member[] {
  const within = createdWithin(call);
  const programText = queryOf(call, 'programId');
  const program = programText === undefined ? undefined : programByText(rock, programText);
  const showDisabled = queryOf(call, 'showDisabled')?.toLowerCase();
  return (query === undefined ? rock.state.members.all() : membersByText(rock, query))
    .filter((member) => programText === undefined || member.programId === program?.id)
    .filter((member) => showDisabled === undefined || String(member.disabledFlag) === showDisabled)
    .filter((member) => within(member.createDt));
}

function sortKeys(rock: Rock): Record<string, (member: Member) => string | number> {
  const counter = (name: string) => (member: Member) => memberCounters(rock, member)[name] ?? 0;
  return {
    Create_Dt: (member) => member.createDt,
    Member_Full_Name: (member) => `${member.firstName} ${member.lastName}`.toLowerCase(),
    Member_Views: (member) => member.views,
    Page_Views: (member) => member.views,
    Lead_Count: counter('referrals'),
    Reward_Issued_Total: counter('rewardsIssuedAmount'),
  };
}

function create(rock: Rock, call: Call): Answer {
  const body = bodyFields(call);
  const missing = ['programId', 'firstName', 'email'].filter((name) => !textOf(body[name])?.trim());
  if (missing.length > 0)
    throw invalid(Object.fromEntries(missing.map((name) => [`newMember.${name}`, `The ${name} field is required.`])));
  const program = rock.state.programs.get(String(body['programId']).toLowerCase());
  if (!program) throw refusal(400, 'Program not found.');
  const code = textOf(body['referralCode']) || newCode();
  if (rock.state.members.by('referralCode', code.toLowerCase()).length > 0) throw refusal(400, codeTaken);
  const wrong = whyWrong(given(body, memberFields));
  if (wrong) throw refusal(400, wrong);
  refuseDuplicate(rock, program.id, String(body['email']));
  const member = addMember(rock, program.id, { ...body, referralCode: code }, call.now);
  return {
    status: 201,
    body: { message: 'Member Added', member: memberView(rock, member) },
    recordId: member.id,
  };
}

/** Stores a new member and fires MemberAdd; past the plan's limit it is a disabled one. Without a code it gets one. */
export function addMember(rock: Rock, programId: string, fields: Fields, now: number): Member {
  const atLimit = rock.state.members.size >= rock.settings().memberLimit;
  const member = rock.state.members.put({
    ...blankMember,
    referralCode: newCode(),
    ...given(fields, memberFields),
    id: randomUUID(),
    programId,
    createDt: rockDate(now),
    ...(atLimit && { disabledFlag: true, disabledReason: 'MemberLimitHit' }),
  });
  rock.emit('MemberAdd', hookBody(memberView(rock, member)));
  return member;
}

function newCode(): string {
  return randomBytes(4).toString('hex').toUpperCase();
}

function refuseDuplicate(rock: Rock, programId: string, email: string): void {
  if (rock.settings().duplicateMember === 'allow') return;
  const same = rock.state.members.by('email', email.toLowerCase()).some((member) => member.programId === programId);
  if (same) throw refusal(400, 'A member with this email already exists in the program.');
}

/** Body and answer are arrays; each item tells by its `resultInfo` how it went, under HTTP 200. */
function update(rock: Rock, call: Call): Answer {
  const items = bodyList(call);
  // The whole body is bound to its model before anything is done: one wrong type refuses all items.
  for (const item of items) given(part(item, 'member'), memberFields);
  const results = items.map((item) => {
    const query = part(item, 'query');
    const found = change(rock, findMember(rock, query), part(item, 'member'));
    if ('why' in found) return { id: undefined, result: { query, member: null, resultInfo: failedWith(found.why) } };
    const { record } = found;
    return { id: record.id, result: { query, member: memberView(rock, record), resultInfo: succeeded() } };
  });
  return { status: 200, body: results.map(({ result }) => result), recordId: results[0]?.id };
}

function change(rock: Rock, found: Found<Member>, fields: Fields): Found<Member> {
  if ('why' in found) return found;
  const before = found.record;
  const after = { ...before, ...given(fields, memberFields) };
  if (isDeepStrictEqual(before, after)) return found;
  const codeOwner = rock.state.members.by('referralCode', after.referralCode.toLowerCase())[0];
  if (codeOwner && codeOwner.id !== before.id) return { why: codeTaken };
  const why = whyWrong(after);
  if (why) return { why };
  rock.state.members.put(after);
  rock.emit('MemberUpdate', hookBody(memberView(rock, after)));
  return { record: after };
}

/** A member takes its referrals and rewards along. Whether those fire events of their own is not known; none are fired. */
function remove(rock: Rock, call: Call): Answer {
  const results = bodyList(call).map((item) => {
    const query = part(item, 'query');
    const found = findMember(rock, query);
    if ('why' in found) return { id: undefined, result: { query, resultInfo: failedWith(found.why) } };
    const { record: member } = found;
    const last = hookBody(memberView(rock, member));
    for (const reward of rock.state.rewards.by('memberId', member.id)) rock.state.rewards.delete(reward.id);
    for (const referral of rock.state.referrals.by('memberId', member.id)) rock.state.referrals.delete(referral.id);
    rock.state.members.delete(member.id);
    rock.emit('MemberDelete', last);
    return { id: member.id, result: { query, resultInfo: removedWell() } };
  });
  return { status: 200, body: results.map(({ result }) => result), recordId: results[0]?.id };
}
