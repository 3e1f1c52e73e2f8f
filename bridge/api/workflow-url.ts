import type { TemporalState } from '../server.ts';

/** The page of a workflow's run in Temporal's UI, or null: it has not been started, or there is no UI. */
export function workflowUrl(
  { ui, namespace = 'default' }: TemporalState,
  workflowId: string | null,
  runId: string | null,
): string | null {
  if (!ui || !workflowId || !runId) return null;
  return `${ui.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}
