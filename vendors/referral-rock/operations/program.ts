import { z } from 'zod';
import { id } from '../../fields.ts';
import { defineOperation } from '../../operation.ts';
import { bare, helpPage, listed, page, under } from '../lists.ts';
import { Program, RewardRule } from '../records/program.ts';

export const list = defineOperation({
  id: 'referral-rock.program.list',
  vendor: 'referral-rock',
  title: 'List programs',
  summary: "Reads the account's programs, all or one by id.",
  method: 'GET',
  path: '/api/programs',
  query: ['programId', 'offset', 'count'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({ programId: id.optional(), ...page }),
  output: z.looseObject({ programs: z.array(Program), ...listed }),
  paging: { style: 'offset-count', records: 'programs', max: 200 },
  documentation: helpPage('GET-api-programs_programId_offset_count'),
});

export const get = defineOperation({
  id: 'referral-rock.program.get',
  vendor: 'referral-rock',
  title: 'Get a program',
  summary: 'Reads one program by its name.',
  method: 'GET',
  path: '/api/program/getsingle',
  query: ['programName'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({ programName: z.string().min(1) }),
  output: Program,
  unsure: ['Whether the program comes bare or under `program`: both are read.'],
  documentation: helpPage('GET-api-program-getsingle_programName'),
  decode: bare('program'),
});

/** Tells whether setting a status will create a reward. */
export const listRewardRules = defineOperation({
  id: 'referral-rock.program.list-reward-rules',
  vendor: 'referral-rock',
  title: "List a program's reward rules",
  summary: 'Reads what makes a program give rewards: trigger, reward, payout and delivery of each rule.',
  method: 'GET',
  path: '/api/rewardrules',
  query: ['programId'],
  scopes: [],
  effect: 'read',
  creates: false,
  input: z.strictObject({ programId: id }),
  output: z.looseObject({ rewardRules: z.array(RewardRule), message: listed.message }),
  unsure: ['Whether the rules come bare or under a name: both are read.', 'What `trigger` and `reward` hold.'],
  documentation: helpPage('GET-api-rewardrules_programId'),
  decode: under('rewardRules'),
});
