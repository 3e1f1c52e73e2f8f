import type { FastifyInstance } from 'fastify';
import type { Database } from '../../store/database.ts';
import type { Routing } from '../../store/routing.ts';
import type { Caller } from '../caller.ts';
import type { Jobs } from '../jobs.ts';
import type { Connecting } from '../new-connection.ts';
import type { TemporalState } from '../server.ts';
import { registerApprovals } from './approvals.ts';
import { createAuthorization } from './authorization.ts';
import { registerBackfill } from './backfill.ts';
import { registerAutomations } from './automations.ts';
import { registerCalls } from './calls.ts';
import { registerCatalog } from './catalog.ts';
import { registerConnections } from './connections.ts';
import { registerCustomers } from './customers.ts';
import { registerEvents } from './events.ts';
import { registerMatch } from './match.ts';
import { registerRules } from './rules.ts';
import { registerTryRules } from './try-rules.ts';
import { registerUndo } from './undo.ts';

export interface ApiDeps {
  database: Database;
  routing: Routing;
  settings: { adminToken: string; temporal: () => TemporalState; addressKey: Buffer };
  relay: { nudge(): void };
  call: Caller;
  jobs: Jobs;
  connecting: Connecting;
}

/** Everything under /api, behind the bearer token. */
export function registerApi(server: FastifyInstance, deps: ApiDeps): void {
  server.decorateRequest('principal');
  server.addHook('onRequest', createAuthorization(deps.settings.adminToken));
  server.setNotFoundHandler({ preHandler: async () => undefined }, (_request, reply) =>
    reply.code(404).send({ error: 'There is nothing at this address.' }),
  );
  registerEvents(server, deps);
  registerUndo(server, deps);
  registerCustomers(server, deps);
  registerApprovals(server, deps);
  registerConnections(server, deps);
  registerMatch(server, deps);
  registerBackfill(server, deps);
  registerCatalog(server);
  registerCalls(server, deps);
  registerRules(server, deps);
  registerTryRules(server, deps);
  registerAutomations(server, deps);
}
