import assert from 'node:assert/strict';
import { assertEnded, type Cast, email, NOTHING, phone, type Scene, statusTag } from '../scene.ts';
import type { Stage } from '../stage.ts';
import { shownOf } from './members.ts';

/** Ticks the line that was typed; what of it matches `without` is typed away. */
async function tick(stage: Stage, cast: Cast, without?: RegExp): Promise<void> {
  const { note } = await stage.referral(cast.referralId);
  const ticked = note.replace(/\[ \] (Send the price list.*)/u, (_, line: string) => {
    return `[x] ${without ? line.replace(without, '') : line}`;
  });
  await stage.editReferral(cast.referralId, { note: ticked });
}

async function remove(stage: Stage, cast: Cast): Promise<void> {
  const query = { primaryInfo: { referralId: cast.referralId } };
  await stage.rock('POST', '/api/referral/remove', [{ query }]);
}

const LINE = /^- \[ \] Send the price list \(due 2026-12-03\) rb:[0-9A-Z]{8}$/mu;

const referralAdded: Scene = {
  trigger: 'referral added',
  does: 'Omar refers Nora in Referral Rock',
  ghl: 'contact made, 4 tags, 1 task, 1 note; Omar’s count of referrals',
  referralRock: 'contact id and task line written, in one update',
  writes: [
    'ghl.contact.create',
    'ghl.contact.update',
    'ghl.note.create',
    'ghl.tag.add',
    'ghl.task.create',
    'rr.referral.update',
  ],
  async act(stage, cast) {
    const { referralCode } = await stage.member(cast.memberId);
    const { referral } = await stage.rock<{ referral: { id: string } }>('POST', '/api/referrals', {
      referralCode,
      firstName: 'Nora',
      lastName: 'Quill',
      email: email(cast, 'nora'),
      phoneNumber: phone(cast, 1).slice(2),
    });
    cast.referralId = referral.id;
  },
  async learn(stage, cast) {
    cast.contactId = (await stage.referral(cast.referralId)).externalIdentifier;
  },
  async check(stage, cast) {
    const { externalIdentifier: contactId, note } = await stage.referral(cast.referralId);
    const contact = await stage.contact(contactId);
    assert.deepEqual([contact.email, contact.phone], [email(cast, 'nora'), phone(cast, 1)]);
    for (const tag of ['rr-referral', 'rr-program:', 'rr-source:', 'rr-status:'])
      assert.ok(
        contact.tags.some((each) => each.startsWith(tag)),
        `the tag ${tag}`,
      );
    const [title = '', ...more] = await stage.taskTitles(contactId);
    assert.match(title, /^Call Nora Quill \(referred by Omar Bell-Ray\)/);
    assert.deepEqual(more, [], 'one task');
    assert.equal((await stage.noteBodies(contactId)).length, 1);
    assert.ok(note.includes(`[ ] ${title}`), 'the task stands in the note of the referral');
    assert.equal(Number((await shownOf(stage, cast.memberContactId))['referrals_total']), 1);
    await assertEnded(stage, 'ReferralAdd', cast.referralId, /Created the contact/);
  },
};

const referralUpdated: Scene = {
  trigger: 'referral updated',
  does: 'her first name and public note are edited in Referral Rock',
  ghl: 'first name follows, 1 note',
  referralRock: NOTHING,
  writes: ['ghl.contact.update', 'ghl.note.create'],
  act: (stage, cast) => stage.editReferral(cast.referralId, { firstName: 'Eleonora', publicNote: 'Prefers mornings' }),
  async check(stage, cast) {
    assert.equal((await stage.contact(cast.contactId)).firstName, 'Eleonora');
    const told = (await stage.noteBodies(cast.contactId)).filter((body) => body.includes('Prefers mornings'));
    assert.equal(told.length, 1, 'a note tells the public note');
  },
};

const statusChanged: Scene = {
  trigger: 'status changed',
  does: 'the referral is set to qualified in Referral Rock',
  ghl: 'status tag swapped, 1 note',
  referralRock: NOTHING,
  writes: ['ghl.note.create', 'ghl.tag.add', 'ghl.tag.remove'],
  act: (stage, cast) => stage.editReferral(cast.referralId, { status: 'qualified' }),
  async check(stage, cast) {
    assert.match(await statusTag(stage, cast.contactId), /qualified$/);
    const told = (await stage.noteBodies(cast.contactId)).filter((body) => body.includes('status pending → qualified'));
    assert.equal(told.length, 1);
    await assertEnded(stage, 'ReferralStatusChange', cast.referralId);
  },
};

const lineTyped: Scene = {
  trigger: 'task line typed',
  does: '“[ ] Send the price list (due 2026-12-03)” is typed into the note of the referral',
  ghl: 'task made, due on that day',
  referralRock: 'the line gets its reference first',
  writes: ['ghl.task.create', 'rr.referral.update'],
  async act(stage, cast) {
    const { note } = await stage.referral(cast.referralId);
    await stage.editReferral(cast.referralId, { note: `- [ ] Send the price list (due 2026-12-03)\n${note}` });
  },
  async check(stage, cast) {
    assert.match((await stage.referral(cast.referralId)).note, LINE);
    const made = (await stage.taskTitles(cast.contactId)).filter((title) => title === 'Send the price list');
    assert.equal(made.length, 1, 'one task');
  },
};

const lineTicked: Scene = {
  trigger: 'task line ticked',
  does: 'the line is ticked in Referral Rock',
  ghl: 'task completed',
  referralRock: NOTHING,
  writes: ['ghl.task.update'],
  act: (stage, cast) => tick(stage, cast),
  observed: {
    does: 'the line, a person’s own here, is ticked in Referral Rock: it would become a completed task',
    act: (stage, cast) => tick(stage, cast, / rb:\S+$/u),
    names: ['ghl.task.create', 'referral-rock.referral.update'],
  },
  async check(stage, cast) {
    const task = (await stage.tasks(cast.contactId)).find(({ title }) => title === 'Send the price list');
    assert.equal(task?.completed, true);
  },
};

const referralDeleted: Scene = {
  trigger: 'referral deleted',
  does: 'the referral is deleted in Referral Rock',
  ghl: 'its tags removed, 1 note; notes and tasks kept; Omar’s counts',
  referralRock: NOTHING,
  writes: ['ghl.contact.update', 'ghl.note.create', 'ghl.tag.remove'],
  act: remove,
  observed: {
    does: 'the referral is deleted in Referral Rock; Omar’s counts are again as they were first seen',
    act: remove,
    names: ['ghl.contact.remove-tags', 'ghl.note.create'],
  },
  async check(stage, cast) {
    const { tags } = await stage.contact(cast.contactId);
    assert.deepEqual(
      tags.filter((tag) => tag.startsWith('rr-')),
      [],
    );
    await assertEnded(stage, 'ReferralDelete', cast.referralId);
  },
};

export const referring: readonly Scene[] = [referralAdded, referralUpdated, statusChanged, lineTyped, lineTicked];
export const referralsLast: readonly Scene[] = [referralDeleted];
