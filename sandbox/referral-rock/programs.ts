import type { Answer, Call, Operation } from '../operation.ts';
import { programByText } from './lookup.ts';
import { pageOf, queryOf, refusal, type Rock } from './rock.ts';
import { programView } from './views.ts';

/** Programs and their reward rules: the API only reads them. */
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
