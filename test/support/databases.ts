import { type Database, openDatabase } from '../../store/database.ts';
import { findPostgres, postgresForTests } from './postgres.ts';

/** Opens an empty database with today's schema; `url` is set on PostgreSQL, for a second opening of the same. */
export type OpenTestDatabase = () => Promise<{ database: Database; url: string | undefined }>;

/**
 * Runs the same promises on PGlite and on PostgreSQL. What `promises` opens is closed after its last test. Without PostgreSQL on
 * the machine its half shows as pending.
 */
export function onBothDatabases(
  title: string,
  promises: (open: OpenTestDatabase, kind: Database['kind']) => void,
): void {
  const kinds: Database['kind'][] = ['pglite', 'postgres'];
  for (const kind of kinds) {
    const suite = kind === 'postgres' && !findPostgres() ? describe.skip : describe;
    suite(`${title} (${kind})`, () => {
      const opened: Database[] = [];
      after(async () => {
        await Promise.all(opened.splice(0).map((database) => database.close()));
      });
      promises(async () => {
        const url = kind === 'postgres' ? await (await postgresForTests()).createDatabase() : undefined;
        const database = await openDatabase({ url, poolSize: 4 });
        opened.push(database);
        return { database, url };
      }, kind);
    });
  }
}

/** A connection `default` of location `location-1` with the RR token `rr-token` and the program `program-1`. */
export async function addConnection(
  { db }: Database,
  id = 'default',
  values: { location?: string; token?: string; program?: string } = {},
): Promise<void> {
  const { location = 'location-1', token = 'rr-token', program = 'program-1' } = values;
  await db
    .insertInto('connections')
    .values({
      id,
      name: id,
      ghl_location_id: location,
      ghl_workflow_token: `workflow-${token}`,
      referral_rock_webhook_token: token,
      mode: 'live',
      since: new Date(),
    })
    .execute();
  await db
    .insertInto('programs')
    .values({ connection_id: id, vendor_id: program, name: 'Program', is_default: true })
    .execute();
}
