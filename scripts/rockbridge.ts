import { Command, CommanderError } from 'commander';
import { loadEnvFile, SettingsError } from '../config/settings.ts';
import { FolderInUseError } from '../store/lock.ts';
import { addApprovals } from './commands/approvals.ts';
import { addCall } from './commands/call.ts';
import { addCatalog } from './commands/catalog.ts';
import { addConnections } from './commands/connections.ts';
import { addCustomers } from './commands/customers.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvents } from './commands/events.ts';
import { addForget } from './commands/forget.ts';
import { addReplay } from './commands/replay.ts';
import { addRoles } from './commands/roles.ts';
import { addRules } from './commands/rules.ts';
import { addSandbox } from './commands/sandbox.ts';
import { addStart } from './commands/start.ts';
import { addUndo } from './commands/undo.ts';
import { CommandError } from './support/api.ts';

const program = new Command('rockbridge')
  .description('Keeps GoHighLevel and Referral Rock in step, both ways, as durable Temporal workflows.')
  .showHelpAfterError('(rockbridge <command> --help says more)')
  .addHelpText(
    'after',
    `
Settings come from the environment and from .env; .env.example lists them all.

Examples:
  npx rockbridge start            everything, with a sandbox of both vendors: the same as npm start
  npx rockbridge events           what came in and what became of it
  npx rockbridge customers        who is linked with whom; with a contact's id: one, whole
  npx rockbridge approvals        what waits for a person
  npx rockbridge match            what connecting two full accounts would do, before it writes anything
  npx rockbridge catalog          what it can do
  npx rockbridge call referral-rock.program.list
                                  one operation, on the accounts or on the sandbox
  npx rockbridge doctor           is everything in order?

Exit codes: 0 done; 1 refused or failed, with the reason on standard error.`,
  );
const commands = [
  addStart,
  addRoles,
  addSandbox,
  addEvents,
  addCustomers,
  addApprovals,
  addConnections,
  addUndo,
  addForget,
  addReplay,
  addCatalog,
  addCall,
  addRules,
  addDoctor,
];
for (const add of commands) add(program);

try {
  loadEnvFile();
  await program.parseAsync();
  process.exit();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  const expected = error instanceof SettingsError || error instanceof CommandError || error instanceof FolderInUseError;
  console.error(expected ? (error as Error).message : error);
  process.exit(1);
}
