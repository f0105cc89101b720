import { hintOf } from "../codes/codes.ts";
import { EXIT } from "../codes/exit.ts";
import { type Probe, probeClient } from "../google/client-probe.ts";
import { type ConsoleStep, type ConsoleValues, clientFacts, clientUris, consoleSteps } from "../google/console.ts";
import { probeRedirectUri } from "../google/redirect-probe.ts";
import { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";

const LIMIT_MS = 30_000;

/** One client to set up by hand: what the steps need, and what proofs need as far as it is there already. */
export interface Plan extends ConsoleValues {
  /** In the fleet. */
  readonly name?: string;
  readonly clientSecret: string | undefined;
}

/** What was asked at Google about a step. */
export interface Proof {
  readonly what: string;
  readonly probe: Probe;
  /** What to do next where it has failed. */
  readonly hint?: string;
}

export interface GuidedStep extends ConsoleStep {
  readonly proof?: Proof;
}

/** A client's steps with what could be proven of them; never with a secret. */
export interface Guided {
  /** In the fleet. */
  readonly name?: string | undefined;
  readonly projectId: string;
  readonly clientId: string | undefined;
  readonly steps: readonly GuidedStep[];
}

/** The steps of every client, ticked off where that can be done without a user. */
export function guided(plans: readonly Plan[], network: Network, signal: AbortSignal): Promise<readonly Guided[]> {
  return Promise.all(
    plans.map(async (plan) => {
      const proofs = await prove(plan, network, signal);
      const steps = consoleSteps(plan).map((step) => {
        const proof = proofs.get(step.id);
        return proof ? { ...step, proof } : step;
      });
      return { name: plan.name, projectId: plan.projectId, clientId: plan.clientId, steps };
    }),
  );
}

/** By step. Without a client there is nothing to ask about yet. */
async function prove(plan: Plan, network: Network, signal: AbortSignal): Promise<ReadonlyMap<string, Proof>> {
  const { projectId, clientId, clientSecret, environmentUrl } = plan;
  if (!clientId) return new Map();
  const { redirectUri } = clientUris(environmentUrl);
  const facts = clientFacts(projectId, clientId);
  const proofOf = (what: string, probe: Probe): Proof =>
    probe.status === "failed" ? { what, probe, hint: hintOf(probe.code, facts) } : { what, probe };
  const deadline = Deadline.after(LIMIT_MS, signal);
  try {
    const [redirect, secret] = await Promise.all([
      probeRedirectUri({ clientId, redirectUri }, network, deadline),
      clientSecret ? probeClient({ clientId, clientSecret }, network, deadline) : undefined,
    ]);
    return new Map([
      ["client", proofOf(`Google knows ${clientId}, and that it lists the redirect URI`, redirect)],
      ...(secret ? ([["secret", proofOf("Google accepts the secret", secret)]] as const) : []),
    ]);
  } finally {
    deadline[Symbol.dispose]();
  }
}

/** The worst of what could be proven. */
export function exitCode(clients: readonly Guided[]): number {
  const statuses = proofsOf(clients).map(({ probe }) => probe.status);
  if (statuses.includes("failed")) return EXIT.failed;
  return statuses.includes("unknown") ? EXIT.unknown : EXIT.ok;
}

/** Whether all that can be asked about a client was proven. */
export function isProven(client: Guided): boolean {
  const proofs = proofsOf([client]);
  return proofs.length > 0 && proofs.every(({ probe }) => probe.status === "ok");
}

export function proofsOf(clients: readonly Guided[]): readonly Proof[] {
  return clients.flatMap(({ steps }) => steps.flatMap(({ proof }) => proof ?? []));
}

export function told({ what, probe, hint }: Proof): string {
  if (probe.status === "ok") return what;
  if (probe.status === "failed")
    return [`${probe.code}: ${probe.said.replace(/\.$/, "")}.`, hint].filter(Boolean).join(" ");
  return `could not be proven: ${probe.said}`;
}
