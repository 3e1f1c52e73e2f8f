import type { Data, RecordKind } from '../rules/records.ts';
import type { Listed } from '../rules/walk.ts';
import { linkedContacts } from '../store/walked.ts';
import type { CallOptions, VendorClient } from '../vendors/operation.ts';
import { referralRock } from '../vendors/operations.ts';
import { emailKey } from './dependencies.ts';
import { readOptOut } from './observe-opt-out.ts';
import type { List } from './walk-list.ts';

const ROCK_PAGE = 200;

export const programs: List = {
  name: 'programs',
  all: [],
  async read({ clients, options }, { connection }) {
    const { list } = referralRock.program;
    const { programs: all } = await clients['referral-rock'].call(list, { count: ROCK_PAGE }, options);
    const listed = all.map((program): Listed => {
      const isKnown = connection.programIds.includes(program.id);
      return { kind: 'program', vendorId: program.id, data: program, ...(isKnown ? { createdAt: 0 } : {}) };
    });
    return { listed, calls: 1 };
  },
};

/** Oldest first: what is new comes last, and shifts nothing. */
const SORT = 'Create_Dt_Asc';

const list = (
  kind: 'member' | 'referral' | 'reward',
  call: (client: VendorClient, page: { offset: number; count: number }, options: CallOptions) => Promise<Data>,
): List => ({
  name: `${kind}s`,
  all: [kind],
  async read({ clients, options }, { connection }, at) {
    const offset = Number(at ?? 0);
    const answer = await call(clients['referral-rock'], { offset, count: ROCK_PAGE }, options);
    const all = (answer[`${kind}s`] ?? []) as Data[];
    const end = offset + all.length;
    const total = typeof answer['total'] === 'number' ? answer['total'] : undefined;
    const isLast = all.length === 0 || (total === undefined ? all.length < ROCK_PAGE : end >= total);
    const owned = new Set(connection.programIds.map((id) => id.toLowerCase()));
    const listed = all
      .filter(({ programId }) => owned.has(String(programId).toLowerCase()))
      .map((data): Listed => ({
        kind,
        vendorId: String(data['id']),
        data,
        ...parentOf(kind, data),
        createdAt: data['createDate'] ?? data['createDt'],
        updatedAt: data['updateDate'],
      }));
    return { listed, calls: 1, ...(isLast ? {} : { next: end }) };
  },
});

/** As their webhooks name them: a reward is its recipient's, a referral tells who made it. */
function parentOf(kind: RecordKind, data: Data): Pick<Listed, 'parentKind' | 'parentId'> {
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
  if (kind === 'referral') return text('referringMemberId') === '' ? {} : { parentId: text('referringMemberId') };
  if (kind !== 'reward') return {};
  const parentKind = text('type').toLowerCase() === 'referral' ? 'referral' : 'member';
  const parentId = text('recipientId') || text(`${parentKind}Id`);
  return parentId === '' ? {} : { parentKind, parentId };
}

/** What the opt-out list says of each linked person's address; nothing lists it as a whole. */
export const optOuts: List = {
  name: 'opt-outs',
  all: [],
  async read({ db, clients, options, addressKey }, { connection }, at) {
    const [contact] = await linkedContacts(db, connection.id, (at ?? undefined) as string | undefined, 1);
    if (!contact) return { listed: [], calls: 0 };
    const { recordId: next, email, linkMade } = contact;
    const key = emailKey(addressKey, email);
    if (email === null || key === null) return { listed: [], next, calls: 0 };
    const unsubscribed = await readOptOut(clients, email, options);
    // Nobody tells when somebody opted out: of a person from before the start it is taken as it is.
    const createdAt = unsubscribed ? (linkMade ?? 0) : 0;
    return { listed: [{ kind: 'address', vendorId: key, data: { unsubscribed }, createdAt }], next, calls: 1 };
  },
};

export const members = list('member', (client, page, options) =>
  client.call(referralRock.member.list, { ...page, sort: SORT }, options),
);

export const referrals = list('referral', (client, page, options) =>
  client.call(referralRock.referral.list, { ...page, sort: SORT }, options),
);

export const rewards = list('reward', (client, page, options) =>
  client.call(referralRock.reward.list, { ...page, sort: SORT }, options),
);
