/** What the command line of each process of a state folder holds, and of no other's. */
import { join } from 'node:path';
import type { StateFolder } from './state.js';

export function serverMarkers(state: StateFolder): readonly string[] {
  return ['server start-dev', `--db-filename ${join(state.root, 'temporal-')}`];
}

export function workerMarkers(state: StateFolder): readonly string[] {
  return [`--ready-file ${state.workerFile}`];
}

export function keeperMarkers(state: StateFolder): readonly string[] {
  return [`--keeper-file ${state.keeperFile}`];
}
