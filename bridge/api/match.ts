import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { MatchVerdict } from '../../rules/match.ts';
import {
  beginMatch,
  confirmMatch,
  failMatch,
  matchLines,
  type MatchReport,
  newestMatch,
  whyNotLive,
} from '../../store/match-reports.ts';
import { Refusal } from '../payload.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';
import { knownConnection } from './known-connection.ts';
import { limitOf, parseQuery } from './query.ts';

const VERDICTS: readonly [MatchVerdict, ...MatchVerdict[]] = [
  'linked',
  'link',
  'create-contact',
  'create-member',
  'left',
  'ambiguous',
  'unsyncable',
];

const Body = z.strictObject({
  since: z.iso.datetime({ offset: true, error: 'wants a time with a zone, such as 2026-01-31T00:00:00Z' }).optional(),
  confirm: z.literal(true, { error: 'wants true: you have read the report and agree' }).optional(),
});

const Query = z.strictObject({
  verdict: z.enum(VERDICTS, { error: `wants one of ${VERDICTS.join(', ')}` }).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/u, 'is none that this address gave')
    .optional(),
  limit: limitOf(100),
});

type ById = { Params: { id: string } };

/** `/connections/:id/match`: the report of what the first connect would do; POST makes one, or confirms the newest. */
export function registerMatch(server: FastifyInstance, { database, jobs, relay }: ApiDeps): void {
  const known = async (id: string): Promise<string> => (await knownConnection(database, id)).id;

  server.post<ById>('/connections/:id/match', async ({ params, body, principal }, reply) => {
    const id = await known(params.id);
    const { since, confirm } = parseBody(Body, body, 'match');
    if (confirm) {
      if (!(await confirmMatch(database, id, principal.name)))
        throw new Refusal(
          409,
          'match',
          `It cannot be confirmed: ${(await whyNotLive(database, id)) ?? 'make it anew'}.`,
        );
      return shown(await newestMatch(database, id));
    }
    const report = await beginMatch(database, id, principal.name, since === undefined ? undefined : new Date(since));
    try {
      await jobs.match(id, { reportId: report.id, stage: report.stage });
    } catch (cause) {
      await failMatch(database.db, report.id, 'Temporal did not take it: make it anew once /readyz is well');
      throw new Refusal(503, 'temporal', 'Temporal does not take it: try again once /readyz is well.', { cause });
    }
    relay.nudge();
    return reply.code(202).send(shown(report));
  });

  server.get<ById>('/connections/:id/match', async ({ params, query }) => {
    const { verdict, cursor, limit } = parseQuery(Query, query);
    const report = await newestMatch(database, await known(params.id));
    if (!report)
      throw new Refusal(404, 'match', 'There is no match report of this connection yet: POST here makes one.');
    const lines = await matchLines(database, report.id, { verdict, after: cursor, limit });
    return {
      ...shown(report),
      lines: lines.map(lineOf),
      next: lines.length === limit ? (lines.at(-1)?.seq ?? null) : null,
    };
  });

  server.get<ById>('/connections/:id/match.csv', async ({ params }, reply) => {
    const report = await newestMatch(database, await known(params.id));
    if (!report) throw new Refusal(404, 'match', 'There is no match report of this connection yet.');
    reply.raw.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
    reply.hijack();
    reply.raw.write(`${COLUMNS.join(',')}\r\n`);
    for (let after: string | undefined, more = true; more;) {
      const lines = await matchLines(database, report.id, { after, limit: 500 });
      const text = lines.map((line) => `${Object.values(lineOf(line)).map(cell).join(',')}\r\n`).join('');
      if (!reply.raw.write(text)) await new Promise((resolve) => reply.raw.once('drain', resolve));
      after = lines.at(-1)?.seq;
      more = lines.length === 500;
    }
    reply.raw.end();
  });
}

function shown(report: MatchReport | undefined) {
  if (!report) return {};
  const { id, connection_id, since, status, stage, progress, counts, reason } = report;
  return {
    id,
    connectionId: connection_id,
    since,
    status,
    stage,
    progress,
    counts,
    ...(reason === null ? {} : { reason }),
    createdAt: report.created_at,
    finishedAt: report.finished_at,
    confirmedAt: report.confirmed_at,
    confirmedBy: report.confirmed_by,
  };
}

const COLUMNS = [
  'kind',
  'id',
  'verdict',
  'foundBy',
  'contactId',
  'foreignId',
  'tags',
  'customFields',
  'candidates',
  'sentence',
];

function lineOf(line: Awaited<ReturnType<typeof matchLines>>[number]) {
  return {
    kind: line.kind,
    id: line.vendor_id,
    verdict: line.verdict,
    foundBy: line.found_by,
    contactId: line.contact_id,
    foreignId: line.foreign_id,
    tags: line.tags,
    customFields: line.custom_fields,
    candidates: line.candidates,
    sentence: line.sentence,
  };
}

/** A cell that begins like a formula is one to a spreadsheet: a quote before it makes it text. */
function cell(value: string | string[] | null): string {
  const text = Array.isArray(value) ? value.join(' | ') : (value ?? '');
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
