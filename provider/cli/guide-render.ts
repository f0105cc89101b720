import { type Guided, type GuidedStep, told } from "./guide-plan.ts";

export type Form = "text" | "markdown" | "json";

export const RENDER: Readonly<Record<Form, (clients: readonly Guided[]) => string>> = {
  text: (clients) => sections(clients, (title) => `${title}\n`, textStep),
  markdown: (clients) => sections(clients, (title) => `## ${title}\n`, markdownStep),
  json: (clients) => JSON.stringify({ clients }),
};

function sections(
  clients: readonly Guided[],
  heading: (title: string) => string,
  step: (step: GuidedStep, index: number) => string,
): string {
  return clients.map((client) => [heading(titleOf(client)), ...client.steps.map(step)].join("\n")).join("\n\n");
}

function titleOf({ name, projectId, clientId }: Guided): string {
  const where = `${projectId}, ${clientId ? `client ${clientId}` : "a new client"}`;
  return name === undefined ? `Project ${where}` : `${name}: project ${where}`;
}

const MARKS = { ok: "✔", failed: "✘", unknown: "?" } as const;

function textStep({ title, url, values, proof }: GuidedStep, index: number): string {
  return [
    `${proof ? MARKS[proof.probe.status] : " "} ${index + 1}. ${title}`,
    ...(url ? [`     ${url}`] : []),
    ...values.map(({ label, value }) => `     ${`${label}:`.padEnd(30)} ${value}`),
    ...(proof ? [`     → ${told(proof)}`] : []),
  ].join("\n");
}

function markdownStep({ title, url, values, proof }: GuidedStep): string {
  return [
    `- [${proof?.probe.status === "ok" ? "x" : " "}] ${url ? `[${title}](${url})` : title}`,
    ...values.map(({ label, value }) => `  - ${label}: \`${value}\``),
    ...(proof ? [`  - ${told(proof)}`] : []),
  ].join("\n");
}
