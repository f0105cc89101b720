import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import { Fault, quoted, wordsOf } from "../fault.ts";
import type { Configured, Services } from "../host/configuration.ts";
import {
  closed,
  type Environment,
  elsewhere,
  isKnown,
  isSame,
  moveOf,
  storedEnvironment,
} from "../host/environment.ts";
import { learn, mask } from "../redaction/secrets.ts";
import { named } from "../resource/autonaming.ts";
import { BEFORE } from "../resource/before.ts";
import { type Change, diffInputs } from "../resource/diff.ts";
import type { Bare, Outcome, Resource } from "../resource/resource.ts";
import { functions, listingOf, resourceOf } from "../resources/registry.ts";
import { nameOf, propertiesWhere, tokenOf } from "../schema/define.ts";
import { FUNCTION_SECONDS } from "../schema/function.ts";
import { shownPath } from "../schema/shown-name.ts";
import { containsUnknown, ownOf, pick, type Tree, UNKNOWN, valueAt } from "../values.ts";
import { proposedName } from "./autonaming.ts";
import { EngineLog } from "./engine-log.ts";
import { InitFailed, MissingSettings } from "./failure.ts";
import { FOR_FLEETS } from "./functions.ts";
import { Operations } from "./operations.ts";
import { pageOf } from "./pages.ts";
import {
  checkFailure,
  checkResponse,
  diffResponse,
  recomputed,
  secretPaths,
  unknownOutputs,
  wrapAll,
} from "./responses.ts";
import { StrayRejections } from "./stray-rejections.ts";
import { isNothing, type Unwrapped, unwrap, wrap } from "./wire.ts";

type Message = Parameters<typeof unwrap>[0];

/** Seconds that signing in and asking who is there may take, all tries together. */
const ENTERING_SECONDS = 60;

/** Milliseconds for what is on its way when nobody listens any more. How things were before it is written down by then. */
const ARRIVING_MS = 5000;

/** Seconds that a check may look for what a new resource will adopt. */
const LOOKING_SECONDS = 10;

/** Seconds that a function may take, of which looking for the mailboxes of a fleet takes the longest. Without an answer each is looked for by itself. */
const LOOKING_UP_SECONDS = 60;

/**
 * The provider as the engine sees it, one method per RPC (pulumi/pulumi `proto/pulumi/provider.proto`). All knowledge
 * about resources is in `provider/resources`; here are only the rules of the protocol.
 */
export class Provider {
  readonly version: string;
  #operations = new Operations();
  readonly strays = new StrayRejections((error) => this.#operations.tellDefect(error));
  #engineAddress = "";
  /** Undefined until Configure, which is not called while any setting is unknown. */
  #services: Services | undefined;
  /** Stands in while the configuration is not known yet. */
  #unconfigured: Omit<Bare, "urn"> | undefined;
  /** URN of the provider that a program has registered, which a destroy takes from the state. */
  #registered: string | undefined;
  /** Which environment this process has asked who it is. */
  #entered: Required<Environment> | undefined;
  /**
   * What this process has read for an import, by URN. `pulumi import` checks what was read, and must not complain about properties that
   * cannot be read, that are not set there, or that have another form there; the next `up` asks for them.
   */
  readonly #imported = new Map<string, Tree>();
  /** Checks come one by one: where one has looked in vain for long, the others do not wait, too. */
  #looksAhead = true;

  constructor(version: string) {
    this.version = version;
  }

  handshake(request: messages.ProviderHandshakeRequest): messages.ProviderHandshakeResponse {
    this.attach(request.getEngineAddress());
    return new providerPb.ProviderHandshakeResponse()
      .setAcceptSecrets(true)
      .setAcceptResources(true)
      .setAcceptOutputs(false)
      .setSupportsAutonamingConfiguration(true);
  }

  /**
   * A plugin that was started by hand serves one engine after another, each of which cancels what it has begun when it ends; one engine comes
   * once for each of its providers.
   */
  attach(engineAddress: string): void {
    if (!engineAddress) return;
    this.#engineAddress = engineAddress;
    const { log, isCancelled } = this.#operations;
    if (isCancelled) this.#begin();
    this.#operations.log = new EngineLog(engineAddress);
    void log?.flush().then(() => log.close());
  }

  /** Nothing of the engine before is left. */
  #begin(): void {
    this.#operations = new Operations();
    void this.#services?.network.close();
    this.#services = undefined;
    this.#unconfigured = undefined;
    this.#entered = undefined;
    this.#registered = undefined;
    this.#imported.clear();
    this.#looksAhead = true;
  }

  pluginInfo(): PluginInfo {
    return new pluginPb.PluginInfo().setVersion(this.version);
  }

  async schema(): Promise<messages.GetSchemaResponse> {
    const { default: schema } = await import("../../schema/gmailsync.json", { with: { type: "json" } });
    return new providerPb.GetSchemaResponse().setSchema(JSON.stringify(schema));
  }

  /** Keeps with the inputs which organization they lead to; it is asked where the URL is not the one of before. */
  async checkConfig(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const { checkConfiguration } = await import("../host/configuration.ts");
    this.#registered = request.getUrn();
    const { ProviderConfiguration } = await import("../schema/provider-configuration.ts");
    const { tree, secrets } = this.#unwrap(request.getNews());
    const failures = checkConfiguration(tree);
    const olds = unwrap(request.getOlds()).tree;
    const here = failures.length === 0 ? await this.#environment(request.getUrn(), tree, storedEnvironment(olds)) : {};
    const checked = { ...here, ...tree };
    const refused = moveOf(olds, checked)?.refused;
    const all = refused ? [...failures, { path: [], reason: refused.message }] : failures;
    const natural = propertiesWhere(ProviderConfiguration, (property) => property.secret).map((name) => [name]);
    // Settings come without the marks of secrets, so the value of none is shown.
    return checkResponse(wrap(checked, [...secrets, ...natural]), all, [[]]);
  }

  /**
   * Another organization is another world: what is in the old one is put back, then everything is made anew. Any other
   * setting is an update, by which the engine takes the new ones for the rest of the run.
   */
  async diffConfig(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const { ProviderConfiguration } = await import("../schema/provider-configuration.ts");
    const { tree: news } = this.#unwrap(request.getNews());
    const { tree: olds } = unwrap(request.getOldInputs() ?? request.getOlds());
    // Also where a resource is given another provider, which no check compares.
    const move = moveOf(olds, news);
    if (move?.refused) throw move.refused;
    if (!move) return diffResponse(diffInputs({ inputs: ProviderConfiguration }, ...comparable(olds, news)));
    const moved: Change = { path: "environmentUrl", property: "environmentUrl", kind: "update", replaces: true };
    return diffResponse([moved], { deleteBeforeReplace: true });
  }

  async configure(request: messages.ConfigureRequest): Promise<messages.ConfigureResponse> {
    const { tree } = this.#unwrap(request.getArgs());
    const configured = await this.#configured(tree);
    if ("missing" in configured) throw new MissingSettings(configured.missing);
    this.#services = configured.services;
    if (this.#registered !== undefined) configured.services.roster.declared.add(this.#registered);
    const stored = storedEnvironment(tree);
    const there = stored && isKnown(stored) ? stored : undefined;
    const urn = request.getUrn() ?? "";
    await this.#warn(urn, configured.services);
    await this.#operations.tell("debug", urn, `Signs in to Microsoft Entra by: ${configured.services.signsInBy}`);
    const refusal = there && (await this.#refusal(urn, configured.services, there));
    // The engine repeats this answer at every resource: the cause is told at the provider, once.
    if (refusal) throw (await this.#operations.tell("error", urn, refusal.message)) ? unusable(refusal) : refusal;
    const { network, environmentUrl } = configured.services;
    if (there) network.journal?.entered(environmentUrl, there.organizationId);
    return new providerPb.ConfigureResponse()
      .setAcceptsecrets(true)
      .setAcceptresources(true)
      .setAcceptoutputs(false)
      .setSupportspreview(true)
      .setSupportsAutonamingConfiguration(true);
  }

  async check(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const resource = await this.#resource(request.getType());
    const news = this.#unwrap(request.getNews(), resource);
    const olds = unwrap(request.getOlds()).tree;
    const given = named(resource.definition, news.tree, olds, () => proposedName(request));
    this.#services?.roster.places.checked(request.getUrn());
    const { tree, failures } = resource.check(given, { ...(await this.#bare()), urn: request.getUrn() });
    const imported = this.#imported.get(request.getUrn());
    const standing = failures.filter(
      ({ path: [name = ""] }) => !imported || (name in news.tree && news.tree[name] !== imported[name]),
    );
    const isNew = Object.keys(olds).length === 0;
    const before =
      isNew && standing.length === 0 ? await this.#before(resource, request.getUrn(), tree) : hiddenOf(olds);
    return checkResponse(wrapAll(resource, news, { ...tree, ...before }), standing, secretPaths(resource, news));
  }

  async diff(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const resource = await this.#resource(request.getType());
    const stored = this.#stored(resource, request.getOldInputs() ?? request.getOlds(), request.getOlds());
    const news = this.#unwrap(request.getNews(), resource);
    const { roster } = await this.#bare();
    const changes = resource.diff(stored, news.tree, { roster, urn: request.getUrn(), id: request.getId() });
    return diffResponse(changes);
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const resource = await this.#resource(request.getType());
    const inputs = this.#unwrap(request.getProperties(), resource);
    const response = new providerPb.CreateResponse().setRefreshBeforeUpdate(true);
    if (request.getPreview()) {
      const outputs = { ...unknownOutputs(resource), ...(await this.#preview(resource, inputs, request)) };
      return response.setProperties(wrapAll(resource, inputs, { ...inputs.tree, ...outputs }));
    }
    const outcome = await this.#run(resource, request, inputs.tree, (context) => resource.create(inputs.tree, context));
    return response.setId(outcome.id).setProperties(this.#settle(resource, request, inputs, outcome));
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const resource = await this.#resource(request.getType());
    const inputs = this.#unwrap(request.getNews(), resource);
    const stored = this.#stored(resource, request.getOldInputs() ?? request.getOlds(), request.getOlds());
    const response = new providerPb.UpdateResponse().setRefreshBeforeUpdate(true);
    if (request.getPreview()) {
      const outputs = {
        ...stored.outputs,
        ...recomputed(resource),
        ...(await this.#preview(resource, inputs, request, { id: request.getId(), ...stored })),
      };
      return response.setProperties(wrapAll(resource, inputs, { ...inputs.tree, ...outputs }));
    }
    const id = request.getId();
    const outcome = await this.#run(resource, request, inputs.tree, (context) =>
      resource.update(id, inputs.tree, stored, context),
    );
    return response.setProperties(this.#settle(resource, request, inputs, outcome));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const resource = await this.#resource(request.getType());
    // Nothing is known of what is imported: engines send nothing (3.259) or what is empty (3.274).
    const importing = [request.getInputs(), request.getProperties()].every(isNothing);
    const given = this.#unwrap(request.getInputs() ?? request.getProperties(), resource);
    const stored = importing
      ? undefined
      : this.#stored(resource, request.getInputs() ?? request.getProperties(), request.getProperties());
    const id = request.getId();
    const live = await this.#run(resource, request, {}, (context) => resource.read(id, stored, context));
    if (!live) return new providerPb.ReadResponse();
    if (importing) this.#imported.set(request.getUrn(), live.inputs);
    const inputs = { tree: live.inputs, secrets: given.secrets, hidden: given.hidden };
    return new providerPb.ReadResponse()
      .setId(live.id)
      .setInputs(wrapAll(resource, inputs, { ...live.inputs, ...given.hidden }))
      .setProperties(this.#settle(resource, request, inputs, live))
      .setRefreshBeforeUpdate(true);
  }

  async delete(request: messages.DeleteRequest): Promise<void> {
    const resource = await this.#resource(request.getType());
    const stored = this.#stored(resource, request.getOldInputs() ?? request.getProperties(), request.getProperties());
    await this.#run(resource, request, {}, (context) => resource.delete(request.getId(), stored, context));
  }

  async construct(request: messages.ConstructRequest): Promise<messages.ConstructResponse> {
    const { construct } = await import("./construct.ts");
    const inputs = this.#unwrap(request.getInputs());
    const { environmentUrl, roster } = this.#services ?? {};
    const announce = (addresses: readonly string[]) => roster?.sightings.announce(addresses);
    return this.strays.orStray(() =>
      construct(request, inputs, { engineAddress: this.#engineAddress, environmentUrl, announce }),
    );
  }

  /** A function of the schema, or what a fleet may ask. */
  async invoke(request: messages.InvokeRequest): Promise<messages.InvokeResponse> {
    const { tree, secrets } = this.#unwrap(request.getArgs());
    const services = this.#services;
    const forFleets = ownOf(FOR_FLEETS, request.getTok());
    if (forFleets) {
      const told = services
        ? await this.#operations.run("", LOOKING_UP_SECONDS, services, (context) => forFleets(tree, context))
        : {};
      return new providerPb.InvokeResponse().setReturn(wrap(told, []));
    }
    const wanted = (await functions()).find(({ definition }) => tokenOf(definition.name) === request.getTok());
    if (!wanted) throw new Fault({ kind: "invalid-input", what: `There is no function ${quoted(request.getTok())}` });
    if (!services) throw unconfigured();
    const answer = await this.#operations.run("", FUNCTION_SECONDS, services, (context) => wanted.call(tree, context));
    const response = new providerPb.InvokeResponse();
    return "failures" in answer
      ? response.setFailuresList(answer.failures.map((failure) => checkFailure(failure, secrets)))
      : response.setReturn(wrap(answer.result, []));
  }

  /** One page of what can be imported. */
  async list(request: messages.ListRequest): Promise<messages.ListResponse[]> {
    const token = request.getToken();
    const wanted = await listingOf(nameOf(token) ?? "");
    if (!wanted) throw new Fault({ kind: "invalid-input", what: `There is no resource ${quoted(token)}` });
    const services = this.#services;
    if (!services) throw unconfigured();
    const { tree } = this.#unwrap(request.getQuery());
    const listed = await this.#operations.run("", FUNCTION_SECONDS, services, (context) => wanted.list(tree, context));
    if ("failures" in listed) {
      const reasons = listed.failures.map(({ path, reason }) => `${shownPath(path)} ${reason}`.trim());
      throw new Fault({ kind: "invalid-input", what: `${quoted(token)} cannot be listed so: ${reasons.join("; ")}` });
    }
    const { items, continuation } = pageOf(listed.items, {
      limit: request.getLimit(),
      pageSize: request.getPageSize(),
      continuation: request.getContinuationToken(),
    });
    const { ListResponse } = providerPb;
    const results = items.map(({ id, name }) =>
      new ListResponse().setResult(new ListResponse.Result().setId(mask(id)).setName(mask(name))),
    );
    const next = new ListResponse.Continuation().setContinuationToken(continuation);
    return continuation === "" ? results : [...results, new ListResponse().setContinuation(next)];
  }

  cancel(): void {
    this.#operations.cancel();
  }

  /** Nothing is sent any more; what is on its way has a few seconds to arrive. */
  async abandon(): Promise<void> {
    this.#operations.cancel();
    await this.#services?.network.abandon(ARRIVING_MS);
  }

  async close(): Promise<void> {
    this.#operations.cancel();
    this.#operations.log?.close();
    await this.#services?.network.close();
  }

  /** Undefined while a setting is unknown or missing: Configure tells what is missing. */
  async #environment(urn: string, settings: Tree, there: Environment | undefined): Promise<Environment | undefined> {
    if (containsUnknown(settings)) return undefined;
    const configured = await this.#configured(settings);
    if ("missing" in configured) return undefined;
    const { services } = configured;
    try {
      if (there?.organizationId && there.environmentUrl === services.environmentUrl) return there;
      return await this.#enter(urn, services);
    } catch (error) {
      // Configure, which tells it otherwise, will not be called.
      await this.#warn(urn, services);
      throw error;
    } finally {
      await services.network.close();
    }
  }

  async #bare(): Promise<Omit<Bare, "urn">> {
    if (this.#services) return this.#services;
    const { Roster } = await import("../resource/roster.ts");
    this.#unconfigured ??= { environmentUrl: "https://ORG.crm.dynamics.com", roster: new Roster() };
    return this.#unconfigured;
  }

  async #warn(urn: string, { warnings }: Services): Promise<void> {
    for (const warning of warnings) await this.#operations.tell("warning", urn, warning);
  }

  async #configured(settings: Tree): Promise<Configured> {
    const { configure } = await import("../host/configuration.ts");
    return configure(settings, process.env);
  }

  /** Why nothing may be done: the way in is closed, or the URL has come to lead to another organization. */
  async #refusal(urn: string, services: Services, there: Required<Environment>): Promise<Fault | undefined> {
    if (there.organizationId === this.#entered?.organizationId) return undefined;
    try {
      const here = await this.#enter(urn, services);
      return isSame(there, here) ? undefined : elsewhere(there, here);
    } catch (error) {
      if (error instanceof Fault) return closed(there, error);
      throw error;
    }
  }

  /** Signs in and asks the environment which organization it is. */
  async #enter(urn: string, services: Services): Promise<Required<Environment>> {
    const { environmentUrl } = services;
    const organizationId = await this.#operations.run(urn, ENTERING_SECONDS, services, ({ dataverse, deadline }) =>
      dataverse.organizationId(deadline),
    );
    this.#entered = { environmentUrl, organizationId };
    return this.#entered;
  }

  async #resource(token: string): Promise<Resource> {
    const resource = await resourceOf(token);
    if (resource) return resource;
    throw new Fault({ kind: "invalid-input", what: `There is no resource type ${token}` });
  }

  #unwrap(message: Message, resource?: Resource): Given {
    const unwrapped = unwrap(message);
    for (const path of unwrapped.secrets) learn(valueAt(unwrapped.tree, path));
    for (const name of resource?.secrets ?? []) learn(unwrapped.tree[name]);
    const { tree, secrets } = unwrapped;
    return { tree: pick(tree, (name) => name !== BEFORE), secrets, hidden: hiddenOf(tree) };
  }

  #stored(resource: Resource, inputs: Message, outputs: Message): { inputs: Tree; outputs: Tree } {
    const names = new Set(Object.keys(resource.definition.outputs.properties));
    return {
      inputs: this.#unwrap(inputs, resource).tree,
      outputs: pick(this.#unwrap(outputs, resource).tree, (name) => names.has(name)),
    };
  }

  /** What a new resource will adopt, for the inputs that the engine keeps before it calls Create. What is wrong there, Create says. */
  async #before(resource: Resource, urn: string, inputs: Tree): Promise<Tree> {
    if (!this.#services || !this.#looksAhead) return {};
    try {
      const before = await this.#operations.run(urn, LOOKING_SECONDS, this.#services, (context) =>
        resource.before(inputs, context),
      );
      return before ? { [BEFORE]: before } : {};
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#looksAhead = error.kind !== "deadline-exceeded" && error.kind !== "unavailable";
      return {};
    }
  }

  /** Without a configuration, which happens while one of its values is unknown, a preview knows nothing. */
  async #preview(
    resource: Resource,
    inputs: Unwrapped,
    request: Operation,
    stored?: { id: string; inputs: Tree; outputs: Tree },
  ): Promise<Tree> {
    if (!this.#services) return {};
    return this.#run(resource, request, {}, (context) => resource.preview(inputs.tree, context, stored));
  }

  async #run<T>(
    resource: Resource,
    request: Operation,
    inputs: Tree,
    operation: Parameters<typeof Operations.prototype.run<T>>[3],
  ): Promise<T> {
    if (!this.#services) throw unconfigured();
    const timeout = request.getTimeout() || resource.timeoutSeconds(inputs);
    const { outcomes } = this.#services.roster;
    try {
      return await this.#operations.run(request.getUrn(), timeout, this.#services, operation);
    } catch (error) {
      outcomes.failed(request.getUrn(), error);
      throw this.#operations.told(request.getUrn(), error);
    }
  }

  /** The properties of an outcome, or the error that keeps an object which is not as declared. */
  #settle(resource: Resource, request: Operation, inputs: Given, { id, outputs, problems }: Outcome<Tree>) {
    const all = { ...inputs.tree, ...outputs };
    if (!problems?.length) return wrapAll(resource, inputs, all);
    this.#services?.roster.outcomes.failed(request.getUrn(), problems[0]);
    const secrets = secretPaths(resource, inputs);
    throw new InitFailed({
      id,
      outputs: { tree: all, secrets },
      inputs: { tree: { ...inputs.tree, ...inputs.hidden }, secrets },
      reasons: problems.map((problem) => mask(wordsOf(this.#operations.told(request.getUrn(), problem)))),
    });
  }
}

/** Inputs as a handler sees them, and beside them what only the state keeps. */
interface Given extends Unwrapped {
  readonly hidden: Tree;
}

function hiddenOf(inputs: Tree): Tree {
  return pick(inputs, (name) => name === BEFORE);
}

/**
 * Settings of a provider to be compared. `allowMove` changes nothing by itself; a URL of the process's environment was not kept
 * before 0.2, and is no news then.
 */
function comparable(olds: Tree, news: Tree): [Tree, Tree] {
  const kept = storedEnvironment(olds) !== undefined;
  const settings = (tree: Tree): Tree => ({
    ...pick(tree, (name) => name !== "environmentUrl" && name !== "allowMove"),
    ...(kept && { environmentUrl: storedEnvironment(tree)?.environmentUrl ?? UNKNOWN }),
  });
  return [settings(olds), settings(news)];
}

/** What every resource says of a provider that has told why it cannot be used. */
function unconfigured(): Fault {
  return new Fault({
    kind: "failed-precondition",
    what: "The provider is not configured, because one of its settings was not known",
    hint: "Run `pulumi up` for the resource that the setting comes from first.",
  });
}

function unusable({ kind }: Fault): Fault {
  return new Fault({ kind, what: "The provider's own error says why this cannot be read or changed" });
}

interface Operation {
  getUrn(): string;
  getTimeout(): number;
}
