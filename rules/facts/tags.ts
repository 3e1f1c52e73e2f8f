import { highlightsOf } from './facts.ts';
import { normalizeText } from '../forms/normalize.ts';
import type { LinkState } from '../records.ts';
import type { ConnectionState } from '../state.ts';

const STATUSES = ['pending', 'qualified', 'approved', 'denied'] as const;

/** GHL keeps tags in lower case. */
export const asTag = (text: string): string => normalizeText(text).toLowerCase();

/** `rr-status:approved`, with the program's name where the connection owns several programs; '' of no status. */
export function statusTag(connection: ConnectionState, link: LinkState, status: string): string {
  if (normalizeText(status) === '') return '';
  const [plain, ofProgram] = formsOf(link, status);
  return connection.programs.length > 1 ? ofProgram : plain;
}

function formsOf(link: LinkState, status: string): [plain: string, ofProgram: string] {
  const word = normalizeText(status);
  return [asTag(`rr-status:${word}`), asTag(`rr-status:${normalizeText(link.data['programName'])}:${word}`)];
}

/**
 * The tags of every status that a referral may have, also of the form that was right while the connection owned one program, or
 * several: of these a contact shall have those of its live referrals only.
 */
export function statusTags(link: LinkState): string[] {
  return STATUSES.flatMap((status) => formsOf(link, status));
}

/**
 * The `rr-` tags that a contact may have for its live referrals and members, that of a status in both forms; a tag that another of
 * them needs is not taken away.
 */
export function liveTags(links: readonly LinkState[]): Set<string> {
  return new Set(links.filter((link) => link.linked && !link.gone).flatMap(tagsOfLink));
}

function tagsOfLink(link: LinkState): string[] {
  if (link.kind === 'member') return highlightsOf(link).status === 'disabled' ? [] : ['rr-member'];
  return [
    'rr-referral',
    asTag(`rr-program:${normalizeText(link.data['programName'])}`),
    asTag(`rr-source:${normalizeText(link.data['source'])}`),
    ...formsOf(link, normalizeText(link.data['status'])),
  ];
}
