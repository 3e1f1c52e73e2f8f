import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessId, self, stop } from './processes.ts';

/** What a running instance tells the commands of the same folder; addresses are http://host:port. */
export interface InstanceAddresses {
  bridge?: string;
  temporal?: string;
  temporalUi?: string;
  ghl?: string;
  referralRock?: string;
  /** The bridge's address for Referral Rock's webhooks, without the event. Its last part is a secret: the file is the owner's alone. */
  referralRockWebhooks?: string;
}

interface LockFile extends InstanceAddresses {
  owner: ProcessId;
  /** Processes without which the owner ends by itself within moments. */
  launchers: ProcessId[];
  /** Processes that the owner started and that may outlive its sudden end. */
  children: ProcessId[];
}

/** The hold on a data folder, which only one process at a time may use (the embedded database is a single process). */
export interface FolderLock {
  /** Remembers a child process, so that the next start ends it should this process be killed. */
  addChild(pid: number): void;
  announce(addresses: InstanceAddresses): void;
  release(): void;
}

/** An instance that is being ended may first bring its calls to an end. */
const ORPHAN_PATIENCE_MS = 45_000;

/** The folder is in use; the message says by whom. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/**
 * Takes the folder for this process. A killed instance's hold is taken over and the processes it left behind are ended; one whose
 * launcher was killed is ended as well.
 */
export async function lockFolder(folder: string, launchers: ProcessId[] = []): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'lock.json');
  const content: LockFile = { owner: self(), launchers, children: [] };
  while (!create(path, content)) {
    const holder = read(path);
    if (!holder) continue;
    if (isRunning(holder.owner) && !holder.launchers.every(isRunning)) await stop(holder.owner, ORPHAN_PATIENCE_MS);
    if (isRunning(holder.owner)) {
      const where = holder.bridge ? `, at ${holder.bridge}` : '';
      throw new FolderInUseError(`Rockbridge is already running on ${folder} (process ${holder.owner.pid}${where})`);
    }
    // Of several starters only one can move the file away; who moved a newer one than it had read puts it back.
    const taken = `${path}.${process.pid}`;
    if (!move(path, taken)) continue;
    if (read(taken)?.owner.startedAt !== holder.owner.startedAt) {
      move(taken, path);
      continue;
    }
    await Promise.all(holder.children.map((child) => stop(child)));
    rmSync(taken, { force: true });
  }
  const write = (): void => {
    writeFileSync(`${path}.new`, JSON.stringify(content, undefined, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  return {
    addChild(pid) {
      const child = { pid, startedAt: self(pid).startedAt };
      content.children = [...content.children.filter(isRunning), child];
      write();
    },
    announce(addresses) {
      Object.assign(content, addresses);
      write();
    },
    release: () => rmSync(path, { force: true }),
  };
}

/** The addresses of the instance that runs on this folder, or undefined when none does. */
export function findInstance(folder: string): InstanceAddresses | undefined {
  const holder = read(join(folder, 'lock.json'));
  return holder && isRunning(holder.owner) ? holder : undefined;
}

/** Appears whole or not at all. */
function create(path: string, content: LockFile): boolean {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** An unreadable file counts as one of a dead owner. */
function read(path: string): LockFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as LockFile;
  } catch {
    return { owner: { pid: 0, startedAt: '' }, launchers: [], children: [] };
  }
}
