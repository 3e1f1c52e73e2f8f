import type { RootHookObject } from 'mocha';
import { seedProperties } from './seed.ts';

seedProperties();

const cleanups: (() => Promise<void>)[] = [];

/** Registers what ends a shared helper (a server, a cluster) once, after the last test of the run. */
export function afterAllTests(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

export const mochaHooks: RootHookObject = {
  async afterAll() {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  },
};
