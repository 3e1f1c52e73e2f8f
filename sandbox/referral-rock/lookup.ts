import { type Fields, isFields, textOf } from '../operation.ts';
import type { Rock } from './rock.ts';
import type { Member, Program, Referral } from './state.ts';

/** A query's answer: the one record it means, or the sentence why there is none. */
export type Found<T> = { record: T } | { why: string };

/** The program whose id, name or title `text` is. */
export function programByText(rock: Rock, text: string): Program | undefined {
  const wanted = text.toLowerCase();
  return rock.state.programs
    .all()
    .find((program) => [program.id, program.name, program.title].some((each) => each.toLowerCase() === wanted));
}

export function part(query: Fields, name: string): Fields {
  const value = query[name];
  return isFields(value) ? value : {};
}

/** MemberQuery: one primary value, or one secondary and one tertiary; acted on only when the match is unique. */
export function findMember(rock: Rock, query: Fields): Found<Member> {
  const { memberId, referralCode } = texts(part(query, 'primaryInfo'), ['memberId', 'referralCode']);
  const { members } = rock.state;
  if (memberId || referralCode) {
    const byId = memberId ? members.get(memberId.toLowerCase()) : undefined;
    return only('member', byId ? [byId] : members.by('referralCode', (referralCode ?? '').toLowerCase()));
  }
  const secondary = texts(part(query, 'secondaryInfo'), ['externalIdentifier', 'email']);
  const program = tertiaryProgram(rock, part(query, 'tertiaryInfo'), ['programId', 'programName', 'programTitle']);
  if (!secondary['externalIdentifier'] && !secondary['email']) return { why: tooLittle };
  if (!program) return { why: tooLittle };
  const candidates = secondary['externalIdentifier']
    ? members.by('externalIdentifier', secondary['externalIdentifier'].toLowerCase())
    : members.by('email', (secondary['email'] ?? '').toLowerCase());
  return only(
    'member',
    candidates.filter((member) => member.programId === program.id),
  );
}

/** ReferralQuery: as MemberQuery, but the tertiary names begin with a capital here. */
export function findReferral(rock: Rock, query: Fields): Found<Referral> {
  const { referralId } = texts(part(query, 'primaryInfo'), ['referralId']);
  const { referrals } = rock.state;
  if (referralId) {
    const byId = referrals.get(referralId.toLowerCase());
    return only('referral', byId ? [byId] : []);
  }
  const secondary = texts(part(query, 'secondaryInfo'), ['externalIdentifier', 'email', 'phoneNumber']);
  const program = tertiaryProgram(rock, part(query, 'tertiaryInfo'), ['ProgramId', 'ProgramName', 'ProgramTitle']);
  const [name, value] = Object.entries(secondary).find(([, each]) => each) ?? [];
  if (!name || !value || !program) return { why: tooLittle };
  const candidates = referrals.by(name, name === 'phoneNumber' ? value : value.toLowerCase());
  return only(
    'referral',
    candidates.filter((referral) => programIdOf(rock, referral) === program.id),
  );
}

export function programIdOf(rock: Rock, referral: Referral): string {
  return rock.state.members.get(referral.memberId)?.programId ?? '';
}

const tooLittle = 'The query needs one primary value, or one secondary and one tertiary value.';

function only<T>(kind: string, candidates: readonly T[]): Found<T> {
  const [record, another] = candidates;
  if (!record) return { why: `No ${kind} was found for the query.` };
  return another ? { why: `More than one ${kind} was found for the query.` } : { record };
}

function tertiaryProgram(rock: Rock, info: Fields, names: [string, string, string]): Program | undefined {
  const { [names[0]]: id, [names[1]]: name, [names[2]]: title } = texts(info, names);
  const programs = rock.state.programs.all();
  return programs.find((program) =>
    id ? program.id === id.toLowerCase() : name ? program.name === name : program.title === title,
  );
}

function texts(info: Fields, names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, textOf(info[name])?.trim() || undefined]));
}
