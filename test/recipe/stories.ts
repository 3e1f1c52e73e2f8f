import fc from 'fast-check';
import { anyEdit, type Edit } from './edits.ts';
import { type Mishap, MISHAPS } from './model-vendors.ts';

/** One thing that happens. */
export type Event =
  | { what: 'edit'; edit: Edit }
  | { what: 'deliver'; pick: number; twice: boolean }
  | { what: 'drop'; pick: number }
  | { what: 'attend'; diesAfter: number | undefined; mishap: Mishap | undefined; meanwhile: Edit | undefined }
  | { what: 'decide'; approve: boolean }
  | { what: 'watch'; on: boolean };

/** What a story begins with. */
export interface Setting {
  /** The contact is there, and has met what there is in Referral Rock. */
  known: boolean;
  /** Of a known one: a second referral, a member in the default program. */
  second: boolean;
  member: boolean;
  /** Referral Rock does not take a last name. */
  refuses: boolean;
  /** A phone that both sides changed is held. */
  holds: boolean;
}

const seldom = { weight: 1, arbitrary: fc.constant(true) };
const mostly = { weight: 5, arbitrary: fc.constant(false) };

export const anySetting: fc.Arbitrary<Setting> = fc.record({
  known: fc.boolean(),
  second: fc.boolean(),
  member: fc.boolean(),
  refuses: fc.oneof(mostly, seldom),
  holds: fc.oneof(mostly, seldom),
});

/** Edits on both sides, webhooks that come late, twice or never, processes that die, requests that are lost, people who decide. */
export const anyStory: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: anyEdit.map((edit): Event => ({ what: 'edit', edit })) },
    {
      weight: 8,
      arbitrary: fc.record({ what: fc.constant('deliver' as const), pick: fc.nat(20), twice: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('drop' as const), pick: fc.nat(20) }) },
    {
      weight: 7,
      arbitrary: fc.record({
        what: fc.constant('attend' as const),
        diesAfter: fc.option(fc.nat(12), { nil: undefined, freq: 2 }),
        mishap: fc.option(fc.constantFrom(...MISHAPS), { nil: undefined, freq: 2 }),
        meanwhile: fc.option(anyEdit, { nil: undefined, freq: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('decide' as const), approve: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('watch' as const), on: fc.boolean() }) },
  ),
  { minLength: 4, maxLength: 24 },
);
