import { Document, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair } from 'yaml';
import { fileOf } from '../../rules/rule-sets/resolve-rules.ts';
import type { Place } from '../../rules/rule-sets/rule-file.ts';
import type { Rules } from '../../rules/rule-set.ts';
import { FACT_WORDS, SECTION_WORDS, SETTING_WORDS, SYNC_WORDS } from '../../rules/rule-sets/rule-words.ts';

/** Where something stands in a file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What YAML says of its own form; nothing: it is well formed. */
export interface YamlProblem extends Position {
  readonly message: string;
}

export interface YamlFile {
  readonly problems: readonly YamlProblem[];
  readonly value: unknown;
  /** The position of a place, or of the nearest thing around it that is there. `ofName`: of its name. */
  position(place: Place, ofName?: boolean): Position;
}

/** Reads YAML; positions are of its text. */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = document.errors.map(({ message, pos }) => ({ ...at(pos[0]), message }));
  return {
    problems,
    value: problems.length > 0 ? undefined : document.toJS(),
    position: (place, ofName = false) => at(offsetOf(document.contents, place, ofName)),
  };
}

function offsetOf(node: Node | null, [part, ...rest]: Place, ofName: boolean): number {
  const start = node?.range?.[0] ?? 0;
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined;
    return item ? offsetOf(item, rest, ofName) : start;
  }
  const pair = isMap(node)
    ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    : undefined;
  if (!pair) return start;
  const [key, value] = [pair.key as Node, pair.value as Node | null];
  const isHere = rest.length === 0;
  if (value === null || (isHere && (ofName || !isScalar(value)))) return key.range?.[0] ?? start;
  const found = offsetOf(value, rest, ofName);
  // A list or object that lacks something is best found by its name.
  return found === value.range?.[0] && !isHere ? (key.range?.[0] ?? found) : found;
}

/** The whole of a rule set as a file to edit and apply, explained. */
export function rulesToYaml(rules: Rules, heading: string): string {
  const document = new Document(fileOf(rules));
  document.commentBefore = comment(heading);
  for (const [name, words] of Object.entries(SECTION_WORDS))
    explain(pairOf(document.contents, name), words, name !== 'sync');
  for (const [name, words] of Object.entries(SYNC_WORDS)) explain(pairOf(document.get('sync'), name), words);
  for (const [name, words] of Object.entries(SETTING_WORDS)) explain(pairOf(document.get('settings'), name), words);
  for (const kind of ['referral', 'member'])
    for (const mapping of itemsOf(document.getIn(['fields', kind]))) if (isMap(mapping)) mapping.flow = true;
  for (const [index, action] of itemsOf(document.get('actions')).entries()) {
    const when = rules.actions[index]?.when;
    if (when) Object.assign(action, { commentBefore: ` When ${FACT_WORDS[when].happens}:`, spaceBefore: index > 0 });
  }
  return document.toString({ lineWidth: 0, singleQuote: true }).trimEnd();
}

function itemsOf(node: unknown): Node[] {
  if (isSeq(node)) return node.items as Node[];
  return isMap(node) ? node.items.map(({ value }) => value as Node) : [];
}

function pairOf(map: unknown, name: string): Pair | undefined {
  return isMap(map)
    ? map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === name)
    : undefined;
}

function explain(pair: Pair | undefined, words: string, apart = false): void {
  if (isScalar(pair?.key)) Object.assign(pair.key, { commentBefore: comment(words), spaceBefore: apart });
}

function comment(words: string): string {
  return words
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n');
}
