import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { isReachable } from '../store/health.ts';
import type { TemporalState } from './server.ts';

const DATABASE_ANSWERS_WITHIN_MS = 2_000;

/** Liveness, readiness and metrics: open to all, for they tell nothing of anyone. */
export function registerHealth(
  server: FastifyInstance,
  deps: { database: Database; registry: Registry; temporal: () => TemporalState },
): void {
  server.get('/healthz', async () => ({ alive: true }));

  // 200 while webhooks can be stored: a bridge must stay in the load balancer while Temporal is away. `ready` says whether all is there.
  server.get('/readyz', async (_request, reply) => {
    const database = await isReachable(deps.database, DATABASE_ANSWERS_WITHIN_MS);
    const temporal = deps.temporal();
    return reply.code(database ? 200 : 503).send({
      ready: database && temporal.ready,
      database,
      temporal: temporal.address,
      temporalUi: temporal.ui ?? null,
    });
  });

  server.get('/metrics', async (_request, reply) =>
    reply.type(deps.registry.contentType).send(await deps.registry.metrics()),
  );
}
