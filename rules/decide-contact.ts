import { type LinkMerge, mergeLink, withExternalId } from './merge-link.ts';
import { act } from './plan.ts';
import type { CustomerState, Decision } from './state.ts';
import { updateContact, updateLink } from './steps.ts';

/** A contact changed: each linked member and referral follows. */
export function decideContact(state: CustomerState): Decision {
  const { contact } = state;
  if (!contact) return act({ sentences: ['the contact no longer exists in GHL; nothing was written'] });
  const links = state.links.filter(({ linked, gone }) => linked && !gone);
  if (links.length === 0) return act({ sentences: ['nothing to do: no member or referral is linked to this contact'] });

  const merged = oneValueEach(
    links.map((link) => {
      const name = `${link.kind}-${link.vendorId}`;
      const fields = mergeLink(state, link, contact.data, { ghl: 'contact', rr: name });
      return { link, name, merge: withExternalId(fields, state, link, contact.contactId, name) };
    }),
  );
  const conflicts = merged.flatMap(({ merge }) => merge.conflicts);
  const steps = [
    ...updateContact(
      contact,
      merged.flatMap(({ merge }) => merge.toGhl),
    ),
    ...merged.flatMap(({ link, name, merge }) => updateLink(link, name, merge.toRr, [])),
  ];
  return act({
    ends: conflicts.length > 0 ? 'held' : 'done',
    steps,
    merges: merged.flatMap(({ merge }) => merge.merges),
    sentences: [
      ...conflicts,
      ...(steps.length + conflicts.length === 0 ? ['nothing to do: Referral Rock already holds the same values'] : []),
    ],
  });
}

/**
 * Several links may want to write the same field of the contact: the first does. One that wants another value is left as it is:
 * it follows when the contact comes back with the first one's.
 */
function oneValueEach<Merged extends { readonly merge: LinkMerge }>(merged: readonly Merged[]): Merged[] {
  const chosen = new Map<string, unknown>();
  return merged.map((one) => {
    const toGhl = one.merge.toGhl.filter(({ field }) => !chosen.has(field));
    for (const { field, after } of toGhl) chosen.set(field, after);
    const merges = one.merge.merges.filter(
      ({ written }) => written?.side !== 'ghl' || chosen.get(written.as) === written.value,
    );
    return { ...one, merge: { ...one.merge, toGhl, merges } };
  });
}
