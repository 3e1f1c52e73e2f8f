import { normalizeText } from './normalize.ts';
import type { ConnectionState, LinkState } from './state.ts';

/** GHL keeps tags in lower case. */
export const asTag = (text: string): string => normalizeText(text).toLowerCase();

/** `rr-status:approved`, with the program's name where the connection owns several programs. */
export function statusTag(connection: ConnectionState, link: LinkState, status: string): string {
  const program = connection.programCount > 1 ? `${String(link.data['programName'] ?? '')}:` : '';
  return asTag(`rr-status:${program}${status}`);
}

/** The `rr-` tags that a contact has for its live referrals; a tag that another of them needs is not taken away. */
export function liveTags(connection: ConnectionState, links: readonly LinkState[]): Set<string> {
  const live = links.filter((link) => link.kind === 'referral' && link.linked && !link.gone);
  return new Set(
    live.flatMap((link) => [
      'rr-referral',
      asTag(`rr-program:${String(link.data['programName'] ?? '')}`),
      asTag(`rr-source:${String(link.data['source'] ?? '')}`),
      statusTag(connection, link, normalizeText(link.data['status'])),
    ]),
  );
}
