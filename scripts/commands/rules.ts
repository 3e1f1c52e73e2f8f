import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readSettings, type Settings } from '../../config/settings.ts';
import type { RuleChange } from '../../rules/rule-sets/diff-rules.ts';
import type { RuleProblem } from '../../rules/rule-sets/rule-file.ts';
import type { Rules } from '../../rules/rule-set.ts';
import { CommandError, getFromApi, putToApi } from '../support/api.ts';
import { chooseConnection } from '../support/choose-connection.ts';
import { changeLines, type Difference, differenceLines } from '../support/rules-text.ts';
import { readYaml, rulesToYaml, type YamlFile } from '../support/rules-yaml.ts';
import { addReadyRules, showReady } from './ready-rules.ts';

const WRONG_FILE = 2;

export function addRules(program: Command): void {
  const rules = program.command('rules').description('show and change what decides: field map, switches, actions');
  rules
    .command('export')
    .description('print a rule set as YAML, explained, to be edited and applied')
    .argument('[name]', 'of the rule set', 'default')
    .option('--json', 'as the API answers')
    .action(exportRules);
  rules
    .command('apply')
    .description('check a rule file and store it, whole or partial: what it leaves out has its default')
    .argument('<file>', 'YAML or JSON')
    .option('--set <name>', 'the rule set; default: the name that the file says, else "default"')
    .option('--connection <id>', 'store it as the overrides of this connection alone')
    .option('--dry-run', 'store nothing, only show what would change for each connection')
    .option('--json', 'the difference as the API answers it')
    .action(applyRules);
  rules
    .command('show')
    .description('print the rules that a connection follows, its own overrides applied')
    .option('--connection <id>', 'may be left out if only one connection is not paused')
    .option('--ready', 'the automations to take as they are (rules add <name>), instead')
    .option('--json', 'as the API answers')
    .action(showRules);
  rules
    .command('use')
    .description('let a connection follow a rule set')
    .argument('<set>', 'its name')
    .option('--connection <id>', 'may be left out if only one connection is not paused')
    .option('--dry-run', 'only show what would change')
    .action(useRules);
  addReadyRules(rules);
  rules.addHelpText(
    'after',
    `
Examples:
  npx rockbridge rules export > rules.yaml
  npx rockbridge rules apply rules.yaml --dry-run
  npx rockbridge rules apply rules.yaml
  npx rockbridge rules show --connection default
  npx rockbridge rules show --ready
  npx rockbridge rules add onboarding-series
  npx rockbridge rules try rules.yaml --event 0199…

Exit codes: 0 done, or shown by --dry-run; 1 refused, with the reason, or no bridge; 2 the file is wrong: its line, column and
the reason are shown, and nothing was changed.`,
  );
}

interface SetAnswer {
  name: string;
  version: number;
  updatedAt: string | null;
  updatedBy: string | null;
  resolved: Rules;
}

async function exportRules(name: string, { json }: { json?: boolean }): Promise<void> {
  const set = await getFromApi<SetAnswer>(readSettings(process.env), `rule-sets/${encodeURIComponent(name)}`);
  console.log(json ? JSON.stringify(set, undefined, 2) : rulesToYaml(set.resolved, headingOf(set)));
}

function headingOf({ name, version, updatedAt, updatedBy }: SetAnswer): string {
  const changed = version === 0 ? 'as it is built in' : `version ${version}, of ${updatedAt}, by ${updatedBy}`;
  return `The rule set "${name}", ${changed}.
Edit it, then: npx rockbridge rules apply <this file>${name === 'default' ? '' : ` --set ${name}`} --dry-run
What you delete here has its default, also of later releases; an action is switched off by its id and mode: off.
To be refused when somebody has changed the set meanwhile, add the line: version: ${version}`;
}

interface ShowAnswer {
  ruleSet: string;
  overrides: object;
  resolved: Rules;
  warnings: string[];
}

async function showRules(options: { connection?: string; ready?: boolean; json?: boolean }): Promise<void> {
  const { connection: wanted, ready = false, json = false } = options;
  const settings = readSettings(process.env);
  if (ready) return showReady(settings, json);
  const { id } = await chooseConnection(settings, wanted);
  const answer = await getFromApi<ShowAnswer>(settings, `connections/${encodeURIComponent(id)}/rules`);
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  const own = Object.keys(answer.overrides).length > 0 ? ' with its own overrides' : '';
  console.log(rulesToYaml(answer.resolved, `The connection ${id} follows the rule set "${answer.ruleSet}"${own}.`));
  for (const warning of answer.warnings) console.error(`! ${warning}`);
}

interface ApplyOptions {
  set?: string;
  connection?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Either what changes, or what is wrong. */
interface PutAnswer {
  error?: string;
  problems?: (RuleProblem & { place: string })[];
  version?: number;
  changes: RuleChange[];
  warnings?: string[];
  connections?: Difference[];
}

async function applyRules(file: string, options: ApplyOptions): Promise<void> {
  const yaml = readYaml(readText(file));
  if (yaml.problems.length > 0)
    return refuse(
      yaml.problems.map((problem) => ({ ...problem, place: '' })),
      file,
      options,
    );
  const settings = readSettings(process.env);
  const { path, body, name } = target(yaml, options);
  const answer = await put(settings, path, body, options);
  if (answer.problems) {
    const within = options.connection === undefined ? 0 : 1;
    const found = answer.problems.map(({ path: at, place, message, ofName }) => ({
      ...yaml.position(at.slice(within), ofName),
      place: place.replace(/^overrides\.?/u, ''),
      message,
    }));
    return refuse(found, file, options);
  }
  tell(answer, name, options);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function target({ value }: YamlFile, { set, connection }: ApplyOptions): { path: string; body: object; name: string } {
  const rules = value ?? {};
  const isFile = typeof rules === 'object' && !Array.isArray(rules);
  if (!isFile) throw new CommandError('The file wants an object at its top: sync, settings, fields, values, actions');
  if (connection !== undefined)
    return {
      path: `connections/${encodeURIComponent(connection)}/rules`,
      body: { overrides: rules },
      name: connection,
    };
  const { name: told = 'default' } = rules as { name?: unknown };
  const name = set ?? String(told);
  return { path: `rule-sets/${encodeURIComponent(name)}`, body: { ...rules, name }, name };
}

async function put(
  settings: Settings,
  path: string,
  body: object,
  { dryRun = false }: ApplyOptions,
): Promise<PutAnswer> {
  const answer = await putToApi<PutAnswer>(settings, path, body, { dryRun: String(dryRun) });
  if (answer.error !== undefined && !answer.problems)
    throw new CommandError(`The bridge answered 400: ${answer.error}`);
  return answer;
}

interface Found {
  line: number;
  column: number;
  place: string;
  message: string;
}

function refuse(found: readonly Found[], file: string, { json }: ApplyOptions): void {
  process.exitCode = WRONG_FILE;
  if (json) return console.log(JSON.stringify({ problems: found.map((each) => ({ file, ...each })) }, undefined, 2));
  for (const { line, column, place, message } of found)
    console.error(`${file}:${line}:${column}: ${place === '' ? '' : `${place} `}${message}`);
  console.error('Nothing was changed.');
}

function tell(answer: PutAnswer, name: string, { connection, dryRun, json }: ApplyOptions): void {
  if (json) return console.log(JSON.stringify(answer, undefined, 2));
  const { changes, warnings = [], connections = [{ id: name, changes, warnings }] } = answer;
  for (const line of differenceLines(connections)) console.log(line);
  if (connections.length === 0) {
    console.log(`rule set ${name}: no connection follows it yet (npx rockbridge rules use ${name})`);
    for (const line of changes.flatMap(changeLines)) console.log(`  ${line}`);
  }
  const what =
    connection === undefined ? `rule set ${name}, version ${answer.version}` : `the rules of connection ${name}`;
  console.log(dryRun ? 'Nothing was stored (--dry-run).' : `Stored: ${what}. It decides from the next event on.`);
}

async function useRules(
  set: string,
  { connection, dryRun = false }: { connection?: string; dryRun?: boolean },
): Promise<void> {
  const settings = readSettings(process.env);
  const { id } = await chooseConnection(settings, connection);
  const answer = await put(settings, `connections/${encodeURIComponent(id)}/rules`, { ruleSet: set }, { dryRun });
  if (answer.error !== undefined) throw new CommandError(answer.error);
  tell(answer, id, { connection: id, dryRun });
}
