import assert from 'node:assert/strict';
import { assertEnded, NOTHING, type Scene, statusTag } from '../scene.ts';
import { shownOf } from './members.ts';

const opened: Scene = {
  trigger: 'opportunity changed',
  does: 'an opportunity “Roof” is opened for her in GoHighLevel',
  ghl: NOTHING,
  referralRock: NOTHING,
  writes: [],
  async act(stage, cast) {
    const { locationId, ids } = stage.info.ghl;
    const { opportunity } = await stage.ghl<{ opportunity: { id: string } }>('POST', '/opportunities/', {
      pipelineId: ids.pipelineId,
      pipelineStageId: ids.stageIds.new,
      locationId,
      name: 'Roof',
      status: 'open',
      contactId: cast.contactId,
    });
    cast.opportunityId = opportunity.id;
  },
  async check(stage, cast) {
    await assertEnded(stage, 'OpportunityCreate', cast.opportunityId, /nothing to do/i);
  },
};

const won: Scene = {
  trigger: 'opportunity won',
  does: 'it is won',
  ghl: NOTHING,
  referralRock: 'status approved is proposed, held for a person with what it may pay',
  writes: [],
  async act(stage, cast) {
    await stage.ghl('PUT', `/opportunities/${cast.opportunityId}/status`, { status: 'won' });
  },
  async check(stage, cast) {
    const [asked, ...more] = await stage.approvalsOf(cast.referralId);
    assert.deepEqual(more, [], 'one approval');
    assert.deepEqual([asked?.kind, asked?.proposal['status']], ['status', 'approved']);
    assert.match(JSON.stringify(asked?.pays), /\$50/);
    assert.equal((await stage.referral(cast.referralId)).status, 'Qualified');
    return { referralRock: `status approved is proposed, held for a person: ${asked?.pays?.join('; ')}` };
  },
};

const approved: Scene = {
  trigger: 'opportunity won',
  does: 'a person approves that',
  ghl: 'status tag swapped, 1 note; Omar’s count, and a note of the reward that this made',
  referralRock: 'status set, once',
  writes: [
    'ghl.contact.update',
    'ghl.note.create',
    'ghl.note.create',
    'ghl.tag.add',
    'ghl.tag.remove',
    'rr.referral.update',
  ],
  async act(stage, cast) {
    const [asked] = await stage.approvalsOf(cast.referralId);
    await stage.api(`approvals/${asked?.id}`, 'POST', { approve: true });
  },
  observed: {
    does: 'as nothing is asked where it only observes, a person sets the referral approved in Referral Rock',
    act: (stage, cast) => stage.editReferral(cast.referralId, { status: 'approved' }),
  },
  async check(stage, cast) {
    assert.equal((await stage.referral(cast.referralId)).status, 'Approved');
    assert.match(await statusTag(stage, cast.contactId), /approved$/);
    assert.equal(Number((await shownOf(stage, cast.memberContactId))['referrals_approved']), 1);
    assert.deepEqual(await stage.approvalsOf(cast.referralId), []);
  },
};

export const opportunities: readonly Scene[] = [opened, won, approved];
