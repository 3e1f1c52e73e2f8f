import { type Answer, bodyFields, type Call, type Fields, type Operation, textOf } from '../operation.ts';
import { isEligible, issueReward, recipientOf } from './reward-issue.ts';
import { invalid, queryOf, refusal, type Rock } from './rock.ts';
import type { Reward, Transaction } from './state.ts';
import { rewardView } from './views.ts';

const transactions = '/api/payouts/transactions';

/** Ways of paying rewards, what is owed by them, and what was paid. The lists are bare. */
export function payoutOperations(rock: Rock): Operation[] {
  return [
    { name: 'rr.payout.list', method: 'GET', path: '/api/payouts', effect: 'read', run: () => list(rock) },
    {
      name: 'rr.payout.pending',
      method: 'GET',
      path: '/api/payouts/pending',
      effect: 'read',
      run: (call) => pending(rock, call),
    },
    {
      name: 'rr.transaction.list',
      method: 'GET',
      path: transactions,
      effect: 'read',
      run: (call) => listTransactions(rock, call),
    },
    {
      name: 'rr.transaction.create',
      method: 'POST',
      path: transactions,
      effect: 'write',
      run: (call) => createTransactions(rock, call),
    },
  ];
}

function list(rock: Rock): Answer {
  const payoutPrograms = rock.state.programs.all().map((program) => program.id);
  return { status: 200, body: rock.state.payouts.all().map((payout) => ({ ...payout, payoutPrograms })) };
}

/** Summed by payout and recipient. The letter case of the names is mixed in the real answers, too. */
function pending(rock: Rock, call: Call): Answer {
  const [ofMember, recipient] = ['memberId', 'recipientId'].map((name) => queryOf(call, name)?.toLowerCase());
  const asked = { member: ofMember, recipient, payout: undefined, all: isTrue(call, 'includeIneligible') };
  const owed = Map.groupBy(open(rock, asked, call.now), (reward) => `${reward.payoutId} ${recipientOf(reward)}`);
  const body = [...owed.values()].flatMap((rewards): Fields[] => {
    const [first] = rewards;
    if (!first) return [];
    const { recipientName, type, payoutDescription } = rewardView(rock, first);
    const member = rock.state.members.get(first.memberId);
    return [
      {
        amount: rewards.reduce((sum, { amount }) => sum + amount, 0),
        Description: payoutDescription,
        memberId: first.memberId,
        memberName: member ? `${member.firstName} ${member.lastName}` : '',
        payoutId: first.payoutId,
        recipientId: recipientOf(first),
        RecipientName: recipientName,
        RecipientType: type,
        rewardCount: rewards.length,
      },
    ];
  });
  return { status: 200, body };
}

type Asked = { member?: string | undefined; recipient: string | undefined; payout: string | undefined; all: boolean };

function open(rock: Rock, { member, recipient, payout, all }: Asked, now: number): Reward[] {
  return rock.state.rewards
    .all()
    .filter((reward) => reward.status === 'Pending' && (all || isEligible(reward, now)))
    .filter((reward) => payout === undefined || reward.payoutId === payout)
    .filter((reward) => member === undefined || reward.memberId === member)
    .filter((reward) => recipient === undefined || recipientOf(reward) === recipient);
}

function listTransactions(rock: Rock, call: Call): Answer {
  const [id, recipient] = ['transactionId', 'recipientId'].map((name) => queryOf(call, name)?.toLowerCase());
  const found = rock.state.transactions
    .all()
    .filter((each) => id === undefined || each.id === id)
    .filter((each) => recipient === undefined || each.recipientId === recipient);
  return { status: 200, body: found.map(transactionView) };
}

/** Pays all that is owed by a payout, to one recipient or to all; answers what was booked [unsure]. */
function createTransactions(rock: Rock, call: Call): Answer {
  const { payoutId, recipientId, note } = bodyFields(call);
  if (!textOf(payoutId)) throw invalid({ payoutId: 'The payoutId field is required.' });
  const payout = rock.state.payouts.get(String(payoutId).toLowerCase());
  if (!payout) throw refusal(400, 'Payout not found.');
  const recipient = textOf(recipientId)?.toLowerCase();
  const asked = { recipient, payout: payout.id, all: isTrue(call, 'overrideIneligible') };
  const booked = open(rock, asked, call.now).map(
    (reward) => issueReward(rock, reward, textOf(note) ?? '', call.now).transaction,
  );
  return { status: 200, body: booked.map(transactionView), recordId: booked[0]?.id };
}

function isTrue(call: Call, name: string): boolean {
  return queryOf(call, name)?.toLowerCase() === 'true';
}

function transactionView({ id, amount, createDate, recipientId }: Transaction): Fields {
  return {
    id,
    amount,
    createDate,
    status: 'Complete',
    recipientId,
    transactionType: 'Reward',
    transactionDestination: 'Manual',
    externalIdentifier: '',
  };
}
