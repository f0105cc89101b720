import type { Alias, ComponentResourceOptions, Output, ProviderResource, Resource } from "@pulumi/pulumi";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import resourceModule from "@pulumi/pulumi/resource.js";
import configModule from "@pulumi/pulumi/runtime/config.js";
import rpcModule from "@pulumi/pulumi/runtime/rpc.js";
import settings from "@pulumi/pulumi/runtime/settings.js";
import stateModule from "@pulumi/pulumi/runtime/state.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { Fault } from "../fault.ts";
import { type FleetSource, loadFleet } from "../fleet/load-fleet.ts";
import { isSecretName, SECRETS } from "../fleet/secrets.ts";
import { UNKNOWN_TEXT } from "../host/unknown.ts";
import { mask } from "../redaction/secrets.ts";
import { nameOf } from "../schema/define.ts";
import { shownName } from "../schema/shown-name.ts";
import { stackConfig } from "../sdk/fleet/surroundings.ts";
import { FleetComponent } from "../sdk/fleet.ts";
import { makeOutput, rootStackResource } from "../sdk/pulumi.ts";
import {
  containsUnknown,
  isList,
  isTree,
  type Path,
  pathText,
  pick,
  type Tree,
  UNKNOWN,
  type Value,
  valueAt,
} from "../values.ts";
import type { Unwrapped } from "./wire.ts";

// The SDK takes a stack trace with every promise, for a leak detector that only a program has.
Error.stackTraceLimit = 0;
// It takes another with every resource, which the engine keeps: of children here it names this package's own files, and is a quarter of the state.
Reflect.set(resourceModule.Resource, "stackTrace", () => []);

/** A function of the SDK that its own, unexported server uses, and that its types do not show. */
function internal(module: object, name: string): (...args: unknown[]) => unknown {
  const found: unknown = Reflect.get(module, name);
  if (typeof found !== "function") throw new Error(`this version of @pulumi/pulumi has no ${name}`);
  return (...args) => Reflect.apply(found, undefined, args);
}

/** What Construct needs of the provider. */
export interface Host {
  readonly engineAddress: string;
  /** Undefined while a setting is not known. */
  readonly environmentUrl: string | undefined;
  /** The mailboxes with these addresses will be checked one by one. */
  announce(addresses: readonly string[]): void;
}

/** Components are built here, their children in the engine's hands: the same program as `new Fleet` in TypeScript. */
export async function construct(
  request: messages.ConstructRequest,
  inputs: Unwrapped,
  host: Host,
): Promise<messages.ConstructResponse> {
  if (nameOf(request.getType()) !== "Fleet")
    throw new Fault({ kind: "invalid-input", what: `There is no component ${request.getType()}` });
  const response = await internal(stateModule, "withLocalStorage")(() => build(request, inputs, host));
  if (response instanceof providerPb.ConstructResponse) return response;
  throw new Error("a component is answered with its state");
}

async function build(
  request: messages.ConstructRequest,
  inputs: Unwrapped,
  { engineAddress, environmentUrl, announce }: Host,
): Promise<messages.ConstructResponse> {
  await configureRuntime(request, engineAddress);
  // Before anything is registered: what is wrong with a fleet then is the whole answer.
  refuseSecrets(inputs);
  const loaded = await loadFleet(argsOf(inputs.tree), { config: stackConfig, environmentUrl });
  announce(loaded.mailboxes.map(({ emailAddress }) => emailAddress));
  const component = new FleetComponent(request.getName(), async () => loaded, optionsOf(request));
  forgetChildren(component);
  const { urn, profiles, mailboxes, summary, waiting } = component;
  const [state, dependencies] = await rpcModule.serializeResourceProperties(`construct(${request.getName()})`, {
    profiles,
    mailboxes,
    summary,
    waiting,
  });
  const response = new providerPb.ConstructResponse()
    .setUrn(await promised(urn))
    .setState(structPb.Struct.fromJavaScript(state));
  for (const [key, resources] of dependencies) {
    const urns = await Promise.all([...resources].map((resource: Resource) => promised(resource.urn)));
    const list = new providerPb.ConstructResponse.PropertyDependencies().setUrnsList(urns);
    response.getStatedependenciesMap().set(key, list);
  }
  await internal(settings, "waitForRPCs")();
  return response;
}

/** The SDK keeps each child, for who stands behind the whole component. In this process nobody can, and of thousands each has 20 KB. */
function forgetChildren(component: FleetComponent): void {
  const none = new Set<Resource>();
  none.add = () => none;
  Reflect.set(component, "__childResources", none);
}

async function configureRuntime(request: messages.ConstructRequest, engineAddress: string): Promise<void> {
  settings.resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    engineAddress,
    request.getMonitorendpoint(),
    request.getDryrun(),
    request.getOrganization(),
  );
  maskLog();
  await internal(settings, "awaitFeatureSupport")();
  const configuration = Object.fromEntries(request.getConfigMap().toObject());
  configModule.setAllConfig(configuration, request.getConfigsecretkeysList());
}

/**
 * The SDK logs by a client of its own, which is made anew with the options. What is for who debugs the SDK is not passed on: that is all it
 * sends and gets, secrets of children among it, in several messages for each child of thousands.
 */
function maskLog(): void {
  const engine = settings.getEngine();
  if (!engine) return;
  const log = engine.log.bind(engine);
  const masked = (request: LogRequest, done: () => void): unknown => {
    if (request.getSeverity() === enginePb.LogSeverity.DEBUG) return done();
    return Reflect.apply(log, engine, [request.setMessage(mask(request.getMessage())), done]);
  };
  Reflect.set(engine, "log", masked);
}

/**
 * What a fleet says of itself stands in the state as it is; of secrets it keeps the mark of those that its schema knows. Some SDKs mark what
 * holds a secret as a whole, which says nothing of its parts.
 */
function refuseSecrets({ tree, secrets }: Unwrapped): void {
  const isKept = ([, , , name]: Path) => typeof name === "string" && isSecretName(name);
  const isPart = (path: Path) => typeof (valueAt(tree, path) ?? {}) !== "object";
  const path = secrets.find((one) => isPart(one) && !isKept(one));
  if (path)
    throw new Fault({
      kind: "invalid-input",
      what: `Fleet.${pathText(path)} is a secret, and a fleet would keep it in the clear`,
      hint: `Give it without the mark, as \`unsecret\` does; a fleet's secrets are ${SECRETS.join(", ")} of its clients.`,
    });
}

/** The shape is checked here, as inputs of components do not go through Check. */
function argsOf(tree: Tree): FleetSource {
  const { file, lockFile, spec, clients, ...others } = tree;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new Fault({
      kind: "invalid-input",
      what: `Fleet has no property ${shownName(other)}; it takes file, lockFile, spec and clients`,
    });
  const text = (name: string, value: Value | undefined) => {
    if (value === undefined || typeof value === "string") return value === undefined ? {} : { [name]: value };
    throw new Fault({ kind: "invalid-input", what: `Fleet.${name} must be a string that is known before deployment` });
  };
  if (spec !== undefined && !isTree(spec))
    throw new Fault({ kind: "invalid-input", what: "Fleet.spec must be an object that is known before deployment" });
  return {
    ...text("file", file),
    ...text("lockFile", lockFile),
    ...(spec && { spec: withOutputs(spec) }),
    ...(clients !== undefined && { clients: namesIn(clients) }),
  };
}

function namesIn(clients: Value): readonly string[] {
  if (isList(clients) && clients.every((name) => typeof name === "string")) return clients.map(String);
  throw new Fault({
    kind: "invalid-input",
    what: "Fleet.clients must be a list of names that are known before deployment",
  });
}

/** Only secrets of clients may be unknown: how many children there are must not depend on it. */
function withOutputs(spec: Tree): object {
  const isLate = (key: string, value: Value) => isSecretName(key) && value === UNKNOWN;
  const known = inClients(spec, (client) => pick(client, (key, value) => !isLate(key, value)));
  if (containsUnknown(known))
    throw new Fault({
      kind: "invalid-input",
      what: "Fleet.spec holds a value that is known after deployment only, and is no secret",
      hint: "Deploy what it comes from first, in a stack of its own.",
    });
  return inClients(spec, (client) =>
    Object.fromEntries(Object.entries(client).map(([key, value]) => [key, isLate(key, value) ? unknown() : value])),
  );
}

/** The same with every client changed. */
function inClients<T>(spec: Tree, change: (client: Tree) => T): Record<string, Value | Record<string, Value | T>> {
  const { clients } = spec;
  if (!isTree(clients)) return spec;
  const changed = Object.entries(clients).map(
    ([name, client]) => [name, isTree(client) ? change(client) : client] as const,
  );
  return { ...spec, clients: Object.fromEntries(changed) };
}

function unknown(): Output<string> {
  return makeOutput<string>(rpcModule.deserializeProperty(UNKNOWN_TEXT, true));
}

function optionsOf(request: messages.ConstructRequest): ComponentResourceOptions {
  const parent = request.getParent();
  const deletedWith = request.getDeletedwith();
  const timeouts = request.getCustomtimeouts()?.toObject();
  return {
    aliases: request.getAliasesList().map(aliasOf),
    dependsOn: request.getDependenciesList().map(resourceAt),
    providers: Object.fromEntries(
      [...request.getProvidersMap().toObject()].map(([name, ref]) => [name, providerAt(ref)]),
    ),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(request.hasProtect() && { protect: request.getProtect() === true }),
    ...(request.hasRetainondelete() && { retainOnDelete: request.getRetainondelete() === true }),
    ...(timeouts && { customTimeouts: timeouts }),
    ...(parent && { parent: resourceAt(parent) }),
    ...(deletedWith && { deletedWith: resourceAt(deletedWith) }),
  };
}

function resourceAt(urn: string): Resource {
  return new resourceModule.DependencyResource(urn);
}

function providerAt(reference: string): ProviderResource {
  return new resourceModule.DependencyProviderResource(reference);
}

function aliasOf(alias: ReturnType<messages.ConstructRequest["getAliasesList"]>[number]): string | Alias {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  return {
    ...(spec.getName() && { name: spec.getName() }),
    ...(spec.getProject() && { project: spec.getProject() }),
    ...(spec.getStack() && { stack: spec.getStack() }),
    ...(spec.hasParenturn()
      ? { parent: spec.getParenturn() }
      : spec.getNoparent()
        ? { parent: rootStackResource }
        : {}),
  };
}

async function promised(output: Output<string>): Promise<string> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
