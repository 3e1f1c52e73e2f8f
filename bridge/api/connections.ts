import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { changeConnection } from '../../store/change-connection.ts';
import { confirmMatch } from '../../store/match-reports.ts';
import { resumeMembers } from '../../store/member-limit.ts';
import type { Database } from '../../store/database.ts';
import { type ConnectionLine, listConnections } from '../../store/routing.ts';
import { listWalks, type WalkLine } from '../../store/walks.ts';
import { quotable, Refusal } from '../payload.ts';
import { parseBody } from './body.ts';
import type { ApiDeps } from './index.ts';
import { knownConnection } from './known-connection.ts';

const trueOrFalse = { error: 'wants true or false' };

const secret = (what: string) =>
  z.string({ error: `wants ${what}` }).regex(/^[^\s:]{1,500}$/u, `wants ${what}, without spaces`);

const Post = z.strictObject({
  id: z
    .string({ error: 'wants a short name for addresses and logs' })
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/u, 'wants lower-case letters, digits and hyphens, at most 40 of them')
    .refine((id) => id !== 'default' && id !== 'sandbox', 'default and sandbox are made by the settings alone'),
  name: z.string().trim().min(1, 'is empty').max(100, 'has more than 100 characters').optional(),
  ghl: z.strictObject({
    locationId: z.string({ error: 'wants the id of the location' }).regex(/^[A-Za-z0-9]{10,40}$/u, 'is no id of GHL'),
    privateToken: secret("the location's private integration token"),
  }),
  referralRock: z.strictObject({
    publicKey: secret('the public key'),
    privateKey: secret('the private key'),
    programs: z.array(z.guid('is no id of a program')).min(1, 'names no program').optional(),
  }),
});

const Patch = z
  .strictObject({
    name: z.string().trim().min(1, 'is empty').max(100, 'has more than 100 characters').optional(),
    paused: z.boolean(trueOrFalse).optional(),
    mode: z.enum(['observe', 'live'], { error: 'wants observe or live' }).optional(),
    since: z.iso.datetime({ offset: true, error: 'wants a time with a zone, such as 2026-01-31T00:00:00Z' }).optional(),
    confirm: z.literal(true, { error: 'wants true: you have read the match report and agree' }).optional(),
    resumeMembers: z
      .literal(true, { error: 'wants true: it makes members again that Referral Rock had no room for' })
      .optional(),
  })
  .refine((patch) => Object.keys(patch).some((name) => name !== 'confirm'), {
    error: 'it names nothing to change: name, paused, mode, since or resumeMembers',
  })
  .refine(({ confirm, mode }) => confirm === undefined || mode === 'live', {
    error: 'confirm goes with mode live alone',
  });

/** `GET /connections`: who is joined with whom, and in which mode. `POST` adds one, that only observes at first. `PATCH /connections/:id` changes that. */
export function registerConnections(server: FastifyInstance, { database, relay, connecting }: ApiDeps): void {
  const shown = async (wanted: string) => (await linesOf(database)).find(({ id }) => id === wanted);

  server.get('/connections', async () => ({ connections: await linesOf(database) }));

  server.post('/connections', async ({ body }, reply) => {
    const { id, name = id, ghl, referralRock } = parseBody(Post, body, 'connection');
    const wish = {
      id,
      name,
      ghlLocationId: ghl.locationId,
      ghlToken: ghl.privateToken,
      referralRockKeys: `${referralRock.publicKey}:${referralRock.privateKey}`,
      programIds: referralRock.programs?.map((programId) => programId.toLowerCase()),
    };
    const refused = await connecting.check(wish);
    if (refused.length > 0) throw new Refusal(400, 'accounts', `Nothing was stored: ${refused.join('; ')}.`);
    if ((await connecting.add(wish)) === 'taken')
      throw new Refusal(409, 'connection', `Connection ${quotable(id)}, or one of this location, is there already.`);
    return reply.code(201).send(await shown(id));
  });

  server.patch<{ Params: { id: string } }>('/connections/:id', async ({ params: { id }, body, principal }) => {
    const { resumeMembers: resumes, confirm, since, ...change } = parseBody(Patch, body, 'connection');
    await knownConnection(database, id);
    if (confirm) await confirmMatch(database, id, principal.name);
    const at = since === undefined ? {} : { since: new Date(since) };
    const why = await changeConnection(database, id, { ...change, ...at });
    if (why !== undefined) throw new Refusal(409, 'mode', `Connection ${quotable(id)} cannot go live: ${why}.`);
    if (resumes) await resumeMembers(database, id);
    relay.nudge();
    return shown(id);
  });
}

/** With how far the walks over each have come. */
async function linesOf(database: Database): Promise<(ConnectionLine & { walk: WalkLine[] })[]> {
  const [connections, walks] = await Promise.all([listConnections(database), listWalks(database.db)]);
  return connections.map((connection) => ({ ...connection, walk: walks.get(connection.id) ?? [] }));
}
