import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isEmailDnd, tagsOf } from '../../../rules/facts/contact-facts.ts';
import { ContactWorld, type Trigger } from '../contact-world.ts';

/** What a person does on either side. */
type Edit =
  | { readonly does: 'tags'; readonly tags: readonly string[] }
  | { readonly does: 'dnd'; readonly on: boolean }
  | { readonly does: 'opts out' };

/** An edit, the events that arrive of it (perhaps none, or another one first), and what goes wrong. */
interface Turn {
  readonly edit: Edit;
  readonly rows: readonly Trigger[];
  readonly fails: readonly string[];
  readonly givenUpAfter: number | undefined;
}

const edit = fc.oneof(
  fc.record({
    does: fc.constant('tags' as const),
    tags: fc.subarray(['vip', 'referral-member', 'a b', 'rr-referral']),
  }),
  fc.record({ does: fc.constant('dnd' as const), on: fc.boolean() }),
  fc.record({ does: fc.constant('opts out' as const) }),
);
const turn: fc.Arbitrary<Turn> = fc.record({
  edit,
  rows: fc.array(fc.constantFrom<Trigger>('contact', 'tags', 'dnd', 'unsubscribe'), { maxLength: 3 }),
  fails: fc.subarray(['opt_out', 'opt_in', 'join', 'tags', 'contact', 'contact-then', 'referral-r1', 'member-m1']),
  givenUpAfter: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
});

function happen(world: ContactWorld, { edit: what, rows, fails, givenUpAfter }: Turn): void {
  if (what.does === 'tags') {
    const ours = (world.data['tags'] as string[]).filter((tag) => tag.startsWith('rr-'));
    world.data['tags'] = [...new Set([...ours, ...what.tags])];
  }
  if (what.does === 'dnd') {
    world.data['dnd'] = false;
    world.data['dndSettings'] = { Email: { status: what.on ? 'active' : 'inactive' } };
  }
  if (what.does === 'opts out' && world.onList === 'nobody') world.onList = 'person';
  for (const trigger of [...rows, ...world.rows.splice(0)]) world.pass(trigger, fails, givenUpAfter);
}

/** What was lost is found by the walk: it reads the contact, and the opt-out list. */
function walk(world: ContactWorld): void {
  world.rows.push('contact', 'unsubscribe', 'contact');
  world.settle();
}

const story = fc.tuple(fc.boolean(), fc.array(turn, { minLength: 1, maxLength: 8 }));

function eachStory(check: (world: ContactWorld) => void): void {
  fc.assert(
    fc.property(story, ([setsDnd, turns]) => {
      const world = new ContactWorld(setsDnd);
      for (const one of turns) happen(world, one);
      walk(world);
      check(world);
    }),
    { numRuns: 200 },
  );
}

describe('whatever events of a contact are lost, come twice, out of order, or fail', () => {
  it("the contact's tags stand in every slot in the end", () => {
    eachStory((world) => {
      const tags = tagsOf(world.data).join(', ');
      assert.deepEqual(
        world.slots,
        world.slots.map(() => tags),
      );
    });
  });

  it('a contact that is not to be e-mailed is on the opt-out list in the end', () => {
    eachStory((world) => assert.ok(!isEmailDnd(world.data) || world.onList !== 'nobody'));
  });

  it('what we put on the list is taken off when the contact may be e-mailed again', () => {
    eachStory((world) => assert.ok(isEmailDnd(world.data) || world.onList !== 'us'));
  });

  it('a tagged contact is a member in the end, whose contact is tagged as one', () => {
    eachStory((world) => {
      const isTagged = (tag: string): boolean => (world.data['tags'] as string[]).includes(tag);
      if (isTagged('referral-member')) assert.equal(world.links.length, 2);
      if (world.links.length === 2) assert.ok(isTagged('rr-member'));
    });
  });

  it('who opted out is tagged in the end', () => {
    eachStory((world) => {
      if (world.onList === 'person') assert.ok((world.data['tags'] as string[]).includes('rr-unsubscribed'));
    });
  });

  it('nothing is written once nothing happens', () => {
    eachStory((world) => {
      const calls = world.calls.length;
      for (const trigger of ['contact', 'tags', 'dnd', 'unsubscribe'] as const) world.rows.push(trigger);
      world.settle();
      assert.deepEqual(world.calls.slice(calls), []);
    });
  });
});
