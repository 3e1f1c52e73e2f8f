import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import type { Settings } from './settings.ts';

/** The log of a process that others watch: JSON lines on standard output. */
export function createLog(settings: Settings): Logger {
  return pino({ level: settings.LOG_LEVEL, base: null });
}

/** The log of `npm start`: JSON lines in DATA_DIR/rockbridge.log, and what a person should see, from warnings up, as plain lines through `say`. */
export function createFileLog(settings: Settings, say: (line: string) => void): Logger {
  mkdirSync(settings.DATA_DIR, { recursive: true });
  const file = pino.destination({ dest: logFile(settings), sync: true });
  const terminal = { write: (line: string) => say(readable(JSON.parse(line) as LogLine)) };
  const level = settings.LOG_LEVEL === 'silent' ? 'silent' : settings.LOG_LEVEL;
  return pino(
    { level, base: null },
    pino.multistream([
      { level: 'trace', stream: file },
      { level: 'warn', stream: terminal },
    ]),
  );
}

export function logFile(settings: Settings): string {
  return join(settings.DATA_DIR, 'rockbridge.log');
}

interface LogLine {
  level: number;
  msg?: string;
}

function readable({ level, msg }: LogLine): string {
  return `${level >= pino.levels.values['error']! ? 'error' : 'warning'}: ${msg ?? ''}`;
}
