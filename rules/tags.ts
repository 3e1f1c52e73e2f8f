import { highlightsOf } from './facts.ts';
import { normalizeText } from './normalize.ts';
import type { ConnectionState, LinkState } from './state.ts';

const STATUSES = ['pending', 'qualified', 'approved', 'denied'] as const;

/** GHL keeps tags in lower case. */
export const asTag = (text: string): string => normalizeText(text).toLowerCase();

/** `rr-status:approved`, with the program's name where the connection owns several programs; '' of no status. */
export function statusTag(connection: ConnectionState, link: LinkState, status: string): string {
  const program = connection.programs.length > 1 ? `${normalizeText(link.data['programName'])}:` : '';
  return normalizeText(status) === '' ? '' : asTag(`rr-status:${program}${normalizeText(status)}`);
}

/** The tags of every status that a referral may have: of these a contact shall have those of its live referrals only. */
export function statusTags(connection: ConnectionState, link: LinkState): string[] {
  return STATUSES.map((status) => statusTag(connection, link, status));
}

/** The `rr-` tags that a contact has for its live referrals and members; a tag that another of them needs is not taken away. */
export function liveTags(connection: ConnectionState, links: readonly LinkState[]): Set<string> {
  return new Set(links.filter((link) => link.linked && !link.gone).flatMap((link) => tagsOfLink(connection, link)));
}

function tagsOfLink(connection: ConnectionState, link: LinkState): string[] {
  if (link.kind === 'member') return highlightsOf(link).status === 'disabled' ? [] : ['rr-member'];
  return [
    'rr-referral',
    asTag(`rr-program:${normalizeText(link.data['programName'])}`),
    asTag(`rr-source:${normalizeText(link.data['source'])}`),
    statusTag(connection, link, normalizeText(link.data['status'])),
  ];
}
