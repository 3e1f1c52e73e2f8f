import type { FastifyInstance } from 'fastify';
import { listConnections } from '../../store/routing.ts';
import type { ApiDeps } from './index.ts';

/** `GET /connections`: who is joined with whom, and in which mode. */
export function registerConnections(server: FastifyInstance, { database }: ApiDeps): void {
  server.get('/connections', async () => ({ connections: await listConnections(database) }));
}
