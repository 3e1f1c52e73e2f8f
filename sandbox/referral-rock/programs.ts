import type { Answer, Call, Operation } from '../operation.ts';
import { programByText } from './lookup.ts';
import { pageOf, queryOf, refusal, type Rock } from './rock.ts';
import { programView, rewardView } from './views.ts';

/** Programs, their reward rules, and payouts: what the API only reads. */
export function programOperations(rock: Rock): Operation[] {
  return [
    { name: 'rr.program.list', method: 'GET', path: '/api/programs', effect: 'read', run: (call) => list(rock, call) },
    {
      name: 'rr.program.single',
      method: 'GET',
      path: '/api/program/getsingle',
      effect: 'read',
      run: (call) => single(rock, call),
    },
    {
      name: 'rr.reward-rule.list',
      method: 'GET',
      path: '/api/rewardrules',
      effect: 'read',
      run: (call) => rules(rock, call),
    },
    { name: 'rr.payout.list', method: 'GET', path: '/api/payouts', effect: 'read', run: () => payouts(rock) },
    {
      name: 'rr.payout.pending',
      method: 'GET',
      path: '/api/payouts/pending',
      effect: 'read',
      run: () => pending(rock),
    },
    {
      name: 'rr.transaction.list',
      method: 'GET',
      path: '/api/payouts/transactions',
      effect: 'read',
      run: () => transactions(rock),
    },
  ];
}

function list(rock: Rock, call: Call): Answer {
  const id = queryOf(call, 'programId')?.toLowerCase();
  const found = rock.state.programs.all().filter((program) => id === undefined || program.id === id);
  const { page, set } = pageOf(call, found);
  return { status: 200, body: { ...set, programs: page.map(programView) } };
}

function single(rock: Rock, call: Call): Answer {
  const name = queryOf(call, 'programName');
  if (!name) throw refusal(400, 'programName is required.');
  const program = rock.state.programs.all().find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!program) throw refusal(404, 'Program not found.');
  return { status: 200, body: programView(program) };
}

function rules(rock: Rock, call: Call): Answer {
  const program = programByText(rock, queryOf(call, 'programId') ?? '');
  if (!program) throw refusal(400, 'programId is required.');
  const rewardRules = rock.state.rewardRules.by('programId', program.id).map(({ id: ruleId, ...rule }) => ({
    ruleId,
    ...rule,
    payoutType: rock.state.payouts.get(rule.payoutId)?.payoutType ?? '',
    payoutDescription: rock.state.payouts.get(rule.payoutId)?.description ?? '',
    deliveryType: 'Manual',
    deliveryDelay: 0,
    ruleStartDate: null,
    ruleEndDate: null,
  }));
  return { status: 200, body: rewardRules };
}

function payouts(rock: Rock): Answer {
  const payoutPrograms = rock.state.programs.all().map((program) => program.id);
  return { status: 200, body: rock.state.payouts.all().map((payout) => ({ ...payout, payoutPrograms })) };
}

/** The letter case of these names is mixed in the real answers, too. */
function pending(rock: Rock): Answer {
  const open = rock.state.rewards.all().filter((reward) => reward.status === 'Pending');
  const body = open.map((reward) => {
    const { recipientId, recipientName, type, payoutDescription } = rewardView(rock, reward);
    const member = rock.state.members.get(reward.memberId);
    return {
      amount: reward.amount,
      Description: payoutDescription,
      memberId: reward.memberId,
      memberName: member ? `${member.firstName} ${member.lastName}` : '',
      payoutId: reward.payoutId,
      recipientId,
      RecipientName: recipientName,
      RecipientType: type,
      rewardCount: 1,
    };
  });
  return { status: 200, body };
}

function transactions(rock: Rock): Answer {
  const body = rock.state.transactions.all().map(({ id, amount, createDate, recipientId }) => ({
    id,
    amount,
    createDate,
    status: 'Complete',
    recipientId,
    transactionType: 'Reward',
    transactionDestination: 'Manual',
    externalIdentifier: '',
  }));
  return { status: 200, body };
}
