import { type Command, Option } from 'commander';
import { readSettings } from '../../config/settings.ts';
import { catalog, type CatalogEntry, type CatalogFilter, isAskedFor } from '../../vendors/catalog.ts';
import { nearestTo } from '../../vendors/find-operation.ts';
import { CommandError, getFromApi, NoBridge } from '../support/api.ts';
import { table } from '../support/table.ts';

export function addCatalog(program: Command): void {
  program
    .command('catalog')
    .description('list every operation of both vendors and every trigger')
    .addOption(new Option('--kind <kind>', 'only these').choices(['operation', 'trigger']))
    .addOption(new Option('--vendor <vendor>', 'only those of').choices(['ghl', 'referral-rock', 'rockbridge']))
    .option('--resource <resource>', 'only those about, as in contact or referral')
    .addOption(new Option('--effect <effect>', 'only operations that').choices(['read', 'write', 'delete', 'money']))
    .option('--json', 'as the API answers: with the schemas of inputs, answers and payloads')
    .addHelpText(
      'after',
      `
Examples:
  npx rockbridge catalog
  npx rockbridge catalog --vendor referral-rock --effect money
  npx rockbridge catalog --kind trigger --json

Effects: read; write; delete; money: may create, change or pay out a reward.
Exit codes: 0 listed; 1 a filter is wrong, or the running bridge refused.`,
    )
    .action(listCatalog);
}

async function listCatalog({ json, ...filter }: CatalogFilter & { json?: boolean }): Promise<void> {
  const entries = await readEntries(filter);
  if (entries.length === 0 && filter.resource !== undefined) refuseUnknown(filter.resource);
  if (json) return console.log(JSON.stringify({ entries, total: entries.length }, undefined, 2));
  const operations = entries.filter((entry) => entry.kind === 'operation');
  const triggers = entries.filter((entry) => entry.kind === 'trigger');
  const [first, second] = [
    operations.map(({ id, effect, method, path, title, deprecated }) => [
      id,
      effect,
      method,
      path,
      deprecated === undefined ? title : `${title} (deprecated)`,
    ]),
    triggers.map(({ id, vendor, event, workflow, title }) => [
      id,
      event,
      workflow ?? (vendor === 'rockbridge' ? 'nothing' : 'stored only'),
      title,
    ]),
  ];
  if (first.length > 0) console.log(`${table(['operation', 'effect', 'call', '', 'what it does'], first)}\n`);
  if (second.length > 0) console.log(`${table(['trigger', 'event', 'starts', 'what happened'], second)}\n`);
  console.log(`${operations.length} operations, ${triggers.length} triggers`);
}

/** A resource that no entry is about is a slip of the pen. */
function refuseUnknown(resource: string): void {
  const known = [...new Set(catalog().map((entry) => entry.resource))];
  if (known.includes(resource)) return;
  const nearest = nearestTo(resource, known);
  const hint = nearest.length > 0 ? `The nearest: ${nearest.join(', ')}` : `There are: ${known.toSorted().join(', ')}`;
  throw new CommandError(`Nothing is about "${resource}". ${hint}.`);
}

/** As the running instance has them; if none runs, those of this installation, and says so. */
async function readEntries(filter: CatalogFilter): Promise<readonly CatalogEntry[]> {
  try {
    const { kind, vendor, resource, effect } = filter;
    const query = { kind, vendor, resource, effect };
    return (await getFromApi<{ entries: CatalogEntry[] }>(readSettings(process.env), 'catalog', query)).entries;
  } catch (error) {
    if (!(error instanceof NoBridge)) throw error;
    console.error('No bridge runs here: this is the list of this installation.');
    return catalog().filter((entry) => isAskedFor(entry, filter));
  }
}
