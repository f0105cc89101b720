import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Tree } from "../../provider/values.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { saveRows, takeRow } from "../../sandbox/orders/rows.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Declared, ModelEngine, type Output, type Run } from "../support/model-engine.ts";
import { changeRow, mailboxRow, mailboxSettings, rowWhere, testSandbox, writes } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";

const profile = (name = "gmail", more = {}): Declared => ({
  type: "EmailServerProfile",
  name,
  inputs: () => ({
    name: `Gmail ${name}`,
    oauthClientId: SEED_CLIENT_ID,
    oauthClientSecret: SEED_CLIENT_SECRET,
    ...more,
  }),
});
const connected = (emailAddress: string, from = "gmail") => {
  return (output: Output): Tree => ({ emailAddress, profileId: output(from, "profileId") });
};
const mailbox = (name: string, emailAddress = ANNA, from = "gmail", more: Partial<Declared> = {}): Declared => ({
  type: "Mailbox",
  name,
  inputs: connected(emailAddress, from),
  ...more,
});

/** Answers that say nothing about a row. */
const UNSEEN = {
  "a firewall's page": { status: 403, headers: { "content-type": "text/html" }, body: "<html>blocked</html>" },
  "an empty list": { status: 200, body: JSON.stringify({ value: [] }) },
  "a page that says 404": { status: 404, headers: { "content-type": "text/html" }, body: "<html>not here</html>" },
  nothing: { status: 204 },
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});
beforeEach(() => sandbox.reset());

describe("a mailbox is its row", () => {
  let engine: ModelEngine;
  let before: object;
  const anna = () => mailboxRow(sandbox, ANNA);
  const exchange = () =>
    String(rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"]);
  const profileOf = (name: string) => engine.entry(name)?.id;

  beforeEach(() => {
    changeRow(sandbox, anna(), {
      _emailserverprofile_value: exchange(),
      incomingemaildeliverymethod: 1,
      outgoingemaildeliverymethod: 1,
      emailrouteraccessapproval: 2,
    });
    before = mailboxSettings(anna());
    engine = new ModelEngine(sandbox);
  });

  const good = async (program: readonly Declared[], options = {}) => {
    const run = await engine.up(program, options);
    expect(run.errors).toEqual([]);
    return run;
  };
  /** Connected, nothing to do, and after destroy as it was. */
  const converged = async (program: readonly Declared[], id: string | undefined) => {
    expect(await engine.drift(program)).toEqual([]);
    expect(anna()["_emailserverprofile_value"]).toBe(id);
    expect(anna()["incomingemaildeliverymethod"]).toBe(2);
    await good([]);
    expect(mailboxSettings(anna())).toEqual(before);
  };

  test("comes up, and goes back exactly as it was", async () => {
    const program = [profile(), mailbox("anna")];
    await good(program);
    await converged(program, profileOf("gmail"));
  });

  test("renamed in the program it stays connected, and its past goes along", async () => {
    await good([profile(), mailbox("anna")]);
    const program = [profile(), mailbox("renamed")];
    const { logs } = await good(program);
    expect(logs.join("\n")).toContain("is taken over by Mailbox renamed");
    await converged(program, profileOf("gmail"));
  });

  test("renamed by --target it has its past in the state before the former name leaves that", async () => {
    await good([profile(), mailbox("anna")]);
    engine.moveElsewhere();
    const program = [profile(), mailbox("renamed")];
    await good(program, { target: ["renamed"] });
    engine.moveElsewhere();
    await good(program);
    engine.moveElsewhere();
    await converged(program, profileOf("gmail"));
  });

  test("imported again under another name it has its past in the state, too", async () => {
    await good([profile(), mailbox("anna")]);
    const program = [profile(), mailbox("renamed")];
    const imported = program.find(({ name }) => name === "renamed");
    if (imported) await engine.import(imported, String(anna()["mailboxid"]));
    await good(program);
    engine.moveElsewhere();
    await converged(program, profileOf("gmail"));
  });

  test("moved to another profile under another name it stays connected there", async () => {
    await good([profile(), profile("other"), mailbox("anna")]);
    const program = [profile(), profile("other"), mailbox("again", ANNA, "other")];
    await good(program);
    await converged(program, profileOf("other"));
  });

  test("under a new address, as Dynamics has renamed its user, it is taken over, too", async () => {
    await good([profile(), mailbox("anna")]);
    const id = anna()["mailboxid"];
    changeRow(sandbox, anna(), { emailaddress: "anna.married@northwind.example" });
    const program = [profile(), mailbox("married", "anna.married@northwind.example")];
    await good(program);
    expect(await engine.drift(program)).toEqual([]);
    const row = mailboxRow(sandbox, "anna.married@northwind.example");
    expect(row["mailboxid"]).toBe(id);
    expect(row["incomingemaildeliverymethod"]).toBe(2);
    await good([]);
    expect(mailboxSettings(row)).toEqual(before);
  });

  test("made anew by --replace it ends connected", async () => {
    const program = [profile(), mailbox("anna")];
    await good(program);
    await good(program, { replace: ["anna"] });
    await converged(program, profileOf("gmail"));
  });

  /** Changes the mailbox while the run's write of it is under way. */
  const meanwhile = async (running: () => Promise<Run>, cells: Row, nth = 1) => {
    const since = writes(sandbox).length;
    const patches = () =>
      writes(sandbox)
        .slice(since)
        .filter((write) => write.startsWith("PATCH mailboxes"));
    sandbox.addFault({ service: "dataverse", method: "PATCH", path: "/mailboxes(", nth, effect: { delayMs: 100 } });
    const going = running();
    await expect.poll(patches, { interval: 1, timeout: 20_000 }).toHaveLength(nth);
    changeRow(sandbox, anna(), cells);
    const run = await going;
    expect(run.errors).toEqual([]);
    return run;
  };

  test("that others change while it is adopted goes back as they have left it", async () => {
    const theirs = { _emailserverprofile_value: null, incomingemaildeliverymethod: 2, emailrouteraccessapproval: 1 };
    await meanwhile(() => engine.up([profile(), mailbox("anna")]), theirs);
    expect(anna()["_emailserverprofile_value"]).toBe(profileOf("gmail"));
    await good([]);
    expect(mailboxSettings(anna())).toEqual({ ...before, ...theirs });
  });

  test("that others have set as declared while it was adopted stays so", async () => {
    await good([profile()]);
    const theirs = {
      _emailserverprofile_value: profileOf("gmail") ?? null,
      incomingemaildeliverymethod: 2,
      outgoingemaildeliverymethod: 2,
      actdeliverymethod: 2,
      emailrouteraccessapproval: 1,
    };
    await meanwhile(() => engine.up([profile(), mailbox("anna")]), theirs);
    await good([profile()]);
    expect(mailboxSettings(anna())).toEqual({ ...before, ...theirs });
  });

  test("whose adoption was refused, and that others have set up since, goes back as they have left it", async () => {
    const effect = { status: 403, body: { error: { code: "0x80040220", message: "prvWriteMailbox is missing" } } };
    sandbox.addFault({ service: "dataverse", method: "PATCH", path: "/mailboxes(", effect });
    expect((await engine.up([profile(), mailbox("anna")])).errors).toHaveLength(1);
    const theirs = { incomingemaildeliverymethod: 2, emailrouteraccessapproval: 1 };
    changeRow(sandbox, anna(), theirs);
    await good([profile(), mailbox("anna")]);
    await good([]);
    expect(mailboxSettings(anna())).toEqual({ ...before, ...theirs });
  });

  test("that others change before a write whose answer was lost is repeated goes back as it was before both", async () => {
    sandbox.addFault({ service: "dataverse", method: "PATCH", path: "/mailboxes(", effect: "lost-answer" });
    await meanwhile(() => engine.up([profile(), mailbox("anna")]), { emailrouteraccessapproval: 3 }, 2);
    await converged([profile(), mailbox("anna")], profileOf("gmail"));
  });

  test("that another profile gets while it is given back goes back later, when it is left", async () => {
    const program = [profile(), profile("other")];
    await good([...program, mailbox("anna")]);
    const ours = { ...anna() };
    const { logs } = await meanwhile(() => engine.up(program), {
      _emailserverprofile_value: profileOf("other") ?? null,
    });
    expect(logs.join("\n")).toMatch(/changed by somebody else.*everything/);
    changeRow(sandbox, anna(), ours);
    await good([]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test("goes back whole where an update that was cut off was followed by one that read nothing first", async () => {
    const as = (more: Tree): readonly Declared[] => [
      profile(),
      mailbox("anna", ANNA, "gmail", { inputs: (output) => ({ ...connected(ANNA)(output), ...more }) }),
    ];
    await good(as({ approved: false }));
    const disturbance = { of: "write", nth: 1, moment: "after", end: "kill" } as const;
    expect((await engine.up(as({}), { disturbance })).killed).toBe(true);
    await good(as({ enabled: false }), { refresh: false });
    expect(anna()).toMatchObject({ emailrouteraccessapproval: 1, statecode: 1 });
    await good([]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test("two declared resources for it are an error that names both, and nothing is written", async () => {
    const { errors } = await engine.up([profile(), mailbox("anna"), mailbox("twin", ANNA.toUpperCase())]);
    expect(errors.join("\n")).toMatch(/Mailbox twin and by Mailbox anna/);
  });

  test("half put back by an administrator it goes back the rest of the way", async () => {
    await good([profile(), mailbox("anna")]);
    changeRow(sandbox, anna(), { _emailserverprofile_value: exchange(), incomingemaildeliverymethod: 1 });
    await good([profile()]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test.each(["anna", "renamed"])(
    "what was set once and is set otherwise now is somebody else's, should it be so again (%s)",
    async (name) => {
      const inactive = mailbox("anna");
      await good([profile(), { ...inactive, inputs: (output) => ({ ...inactive.inputs(output), enabled: false }) }]);
      await good([profile(), mailbox(name)]);
      changeRow(sandbox, anna(), { statecode: 1, statuscode: 2 });
      const { logs } = await good([]);
      expect(logs.join("\n")).toMatch(/changed by somebody else.*state \(1\)/);
      expect(mailboxSettings(anna())).toEqual({ ...before, statecode: 1 });
    },
  );

  test("also where the run that set it first was cut off, and the next one set it otherwise", async () => {
    const on = mailbox("anna");
    const off: Declared = { ...on, inputs: (output) => ({ ...on.inputs(output), enabled: false }) };
    const cut = { disturbance: { of: "write", nth: 2, moment: "after", end: "kill" } } as const;
    await engine.up([profile(), off], cut);
    expect(anna()["statecode"]).toBe(1);
    await good([profile(), on]);
    changeRow(sandbox, anna(), { statecode: 1, statuscode: 2 });
    expect((await good([])).logs.join("\n")).toMatch(/changed by somebody else.*state \(1\)/);
  });

  test("where an administrator has set something since, that is left, and named", async () => {
    await good([profile(), mailbox("anna")]);
    changeRow(sandbox, anna(), { emailrouteraccessapproval: 3 });
    const { logs } = await good([profile()]);
    expect(logs.join("\n")).toMatch(/changed by somebody else.*approval/);
    expect(mailboxSettings(anna())).toEqual({ ...before, emailrouteraccessapproval: 3 });
  });

  test.each(["anna", "renamed"])(
    "an approval that the program has given and then leaves alone goes back all the same (%s)",
    async (name) => {
      const leaving: Partial<Declared> = {
        inputs: (output) => ({ ...connected(ANNA)(output), approved: false }),
      };
      await good([profile(), mailbox("anna")]);
      await good([profile(), mailbox(name, ANNA, "gmail", leaving)]);
      expect(anna()["emailrouteraccessapproval"]).toBe(1);
      const { logs } = await good([profile()]);
      expect(logs.join("\n")).not.toContain("changed by somebody else");
      expect(mailboxSettings(anna())).toEqual(before);
    },
  );

  test.each([
    ["user", ANNA, "systemusers", { isdisabled: true }],
    ["queue", "support@northwind.example", "queues", { statecode: 1 }],
  ])("that was switched off goes back but for that while its %s is disabled", async (_, address, set, disabled) => {
    const row = mailboxRow(sandbox, address);
    const past = mailboxSettings(row);
    const off = { inputs: (output: Output) => ({ ...connected(address)(output), enabled: false }) };
    await good([profile(), mailbox("off", address, "gmail", off)]);
    const owner = rowWhere(sandbox, set, "_defaultmailbox_value", String(row["mailboxid"]));
    saveRows(sandbox.world, set, [owner], disabled);
    const { logs } = await good([profile()]);
    expect(logs.join("\n")).toContain("stays inactive");
    expect(mailboxSettings(row)).toEqual({ ...past, statecode: 1 });
  });

  test("whose way back is not seen to be done stays in the state, and goes the next time", async () => {
    await good([profile(), mailbox("anna")]);
    const effect = { status: 204 };
    sandbox.addFault({ service: "dataverse", method: "PATCH", path: "mailboxes", effect });
    const { errors } = await engine.up([profile()]);
    expect(errors.join("\n")).toContain("may not be as it was before");
    expect(engine.entry("anna")).toBeDefined();
    await good([profile()]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test.each([
    { moment: "before", done: false },
    { moment: "after", done: true },
  ])(
    "moved by a write whose answer said nothing ($moment it was carried out) it goes back, on another machine, too",
    async ({ done }) => {
      await good([profile(), profile("other"), mailbox("anna")]);
      const effect = { status: 204, done };
      sandbox.addFault({ service: "dataverse", method: "PATCH", path: "mailboxes", effect });
      const { errors } = await engine.up([profile(), profile("other"), mailbox("anna", ANNA, "other")]);
      expect(errors).toHaveLength(done ? 0 : 1);
      engine.moveElsewhere();
      const { logs } = await good([]);
      expect(logs.join("\n")).not.toContain("changed by somebody else");
      expect(mailboxSettings(anna())).toEqual(before);
    },
  );

  test("with two resources in the state, as --target leaves them, it goes back to what was before both", async () => {
    const sending = (name: string) =>
      mailbox(name, ANNA, "gmail", {
        inputs: (output: Output) => ({ ...connected(ANNA)(output), incomingEmailDeliveryMethod: "none" }),
      });
    for (const [first, second] of [
      [mailbox("b"), sending("a")],
      [sending("b"), mailbox("a")],
    ] as const) {
      await good([profile(), first]);
      await good([profile(), second], { target: ["a"] });
      engine.moveElsewhere();
      const { logs } = await good([]);
      expect(logs.join("\n")).toContain("Mailbox a and stays as it is");
      expect(mailboxSettings(anna())).toEqual(before);
    }
  });

  test("with two resources in the state, of which the later one goes unseen, it goes back from the profile that this one gave it", async () => {
    await good([profile("north"), profile("south"), mailbox("first", ANNA, "north")]);
    engine.moveElsewhere();
    await good([profile("north"), profile("south"), mailbox("second", ANNA, "south")], { target: ["second"] });
    await good([profile("north"), mailbox("first", "dora@northwind.example", "north")]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test("whose processed mail is not to be deleted any more keeps its mail from then on, under another name, too", async () => {
    const queue = "support@northwind.example";
    const row = mailboxRow(sandbox, queue);
    const past = mailboxSettings(row);
    const purging = { inputs: (output: Output) => ({ ...connected(queue)(output), processAndDeleteEmails: true }) };
    await good([profile(), mailbox("queue", queue, "gmail", purging)]);
    expect(row["processanddeleteemails"]).toBe(true);
    await good([profile(), mailbox("renamed", queue)]);
    expect(row["processanddeleteemails"]).toBe(false);
    await good([]);
    expect(mailboxSettings(row)).toEqual(past);
  });

  test("renamed while the provider's own settings change it goes back as it was before both", async () => {
    await good([profile(), mailbox("anna")]);
    const sending = {
      inputs: (output: Output) => ({ ...connected(ANNA)(output), incomingEmailDeliveryMethod: "none" }),
    };
    await good([profile(), mailbox("renamed", ANNA, "gmail", sending)], { swap: true });
    await good([]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test("adopted by another stack it is not disconnected by the one that loses it", async () => {
    const other = new ModelEngine(sandbox, "other");
    await good([profile(), mailbox("anna")]);
    const theirs = await other.up([profile("theirs"), mailbox("anna", ANNA, "theirs")]);
    expect(theirs.errors).toEqual([]);
    const held = mailboxSettings(anna());
    const { logs } = await good([profile()]);
    expect(logs.join("\n")).toMatch(/changed by somebody else/);
    expect(mailboxSettings(anna())).toEqual(held);
  });

  test.each([
    ["declared again", [profile(), mailbox("anna")]],
    ["not declared again", [profile()]],
  ])("adopted by another stack, which gives it back, it goes back as it was before both: %s", async (_, then) => {
    const other = new ModelEngine(sandbox, "other");
    await good([profile(), mailbox("anna")]);
    await other.up([profile("theirs"), mailbox("anna", ANNA, "theirs")]);
    await good([profile()]);
    expect((await other.up([])).errors).toEqual([]);
    await good(then);
    await good([]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test.each(
    ["mailboxes", "emailserverprofiles", "organizations", "systemusers"].flatMap((table) =>
      Object.entries(UNSEEN).map(([answer, effect]) => ({ table, answer, effect })),
    ),
  )("nothing is gone because $table answer with $answer", async ({ table, effect }) => {
    const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
    changeRow(sandbox, organization, { _defaultemailserverprofileid_value: exchange() });
    const program = [profile("gmail", { defaultForNewMailboxes: true }), mailbox("anna")];
    await good(program);
    const fault = sandbox.addFault({ service: "dataverse", method: "GET", path: table, times: 1000, effect });
    await engine.up(program);
    await engine.up([]);
    fault.remove();
    await good(program);
    await converged(program, profileOf("gmail"));
    expect(organization["_defaultemailserverprofileid_value"]).toBe(exchange());
  });

  test("whose profile has gone before it goes back to the one before that, too", async () => {
    await good([profile(), mailbox("anna")]);
    takeRow(sandbox.world, "emailserverprofiles", rowWhere(sandbox, "emailserverprofiles", "name", "Gmail gmail"));
    await good([]);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  test.each([
    ["declared again meanwhile", [profile(), mailbox("again")]],
    ["whatever else goes before", [profile(), mailbox("bert", "bert@northwind.example")]],
  ])(
    "adopted by a run that was cut off, and taken out at once, it goes back with its profile: %s",
    async (_, between) => {
      const disturbance = { of: "write", nth: 2, moment: "after", end: "kill" } as const;
      expect((await engine.up([profile(), mailbox("anna")], { disturbance })).killed).toBe(true);
      await good([profile()]);
      expect(anna()["incomingemaildeliverymethod"]).toBe(2);
      await good(between);
      await good([profile()]);
      await good([]);
      expect(mailboxSettings(anna())).toEqual(before);
    },
  );

  test("a mailbox whose past nobody knows keeps no invented one: destroy leaves it, and says so", async () => {
    await good([profile(), mailbox("anna")]);
    engine.forget("anna");
    const elsewhere = new ModelEngine(sandbox);
    const first = await elsewhere.up([profile(), mailbox("anna")]);
    expect(first.logs.join("\n")).toContain("how it was before is not known");
    expect(elsewhere.entry("anna")?.outputs["original"]).toBeUndefined();
    const held = mailboxSettings(anna());
    const { logs } = await elsewhere.up([profile()]);
    expect(logs.join("\n")).toMatch(/not known how mailbox .* stays as it is/);
    expect(mailboxSettings(anna())).toEqual(held);
  });

  test("a mailbox whose past is learned later goes back to that", async () => {
    await good([profile(), mailbox("anna")]);
    engine.forget("anna");
    const elsewhere = new ModelEngine(sandbox);
    await elsewhere.up([profile(), mailbox("anna")]);
    elsewhere.amend("anna", { original: { profileId: exchange(), incomingEmailDeliveryMethod: 1 } });
    expect((await elsewhere.up([profile()])).errors).toEqual([]);
    expect(anna()).toMatchObject({ _emailserverprofile_value: exchange(), incomingemaildeliverymethod: 1 });
  });
});

describe("a profile that is made anew", () => {
  test("stands beside the old one until the mailboxes have moved, and the organisation's default comes back at the end", async () => {
    const exchange =
      rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;
    const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
    changeRow(sandbox, organization, { _defaultemailserverprofileid_value: exchange });
    const engine = new ModelEngine(sandbox);
    const program = [profile("gmail", { defaultForNewMailboxes: true }), mailbox("anna")];
    expect((await engine.up(program)).errors).toEqual([]);
    const first = engine.entry("gmail")?.id;
    expect((await engine.up(program, { replace: ["gmail"] })).errors).toEqual([]);
    const second = engine.entry("gmail")?.id;
    expect(second).not.toBe(first);
    expect(mailboxRow(sandbox, ANNA)["_emailserverprofile_value"]).toBe(second);
    expect(organization["_defaultemailserverprofileid_value"]).toBe(second);
    expect(await engine.drift(program)).toEqual([]);
    expect(
      writes(sandbox)
        .filter((line) => line.startsWith("DELETE"))
        .join(),
    ).toContain(String(first));

    expect(
      (await engine.up([profile("renamed", { defaultForNewMailboxes: true }), mailbox("anna", ANNA, "renamed")]))
        .errors,
    ).toEqual([]);
    expect((await engine.up([])).errors).toEqual([]);
    expect(organization["_defaultemailserverprofileid_value"]).toBe(exchange);
  });
});

describe("a profile whose successor the state never had", () => {
  test.each([false, true])(
    "goes with it, and the organisation's default comes back, after an outage, too: %s",
    async (outage) => {
      const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
      const exchange =
        rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;
      changeRow(sandbox, organization, { _defaultemailserverprofileid_value: exchange });
      const engine = new ModelEngine(sandbox);
      const program = [profile("gmail", { defaultForNewMailboxes: true })];
      expect((await engine.up(program)).errors).toEqual([]);
      const disturbance = { of: "write", nth: 2, moment: "after", end: "kill" } as const;
      expect((await engine.up(program, { replace: ["gmail"], disturbance })).killed).toBe(true);
      if (outage) {
        const down = sandbox.addFault({
          service: "dataverse",
          method: "PATCH",
          path: "organizations",
          every: 1,
          effect: { status: 503 },
        });
        expect((await engine.destroy()).errors).toHaveLength(1);
        down.remove();
      }
      expect((await engine.destroy()).errors).toEqual([]);
      expect(organization["_defaultemailserverprofileid_value"]).toBe(exchange);
      expect(sandbox.world.dataverse.rows["emailserverprofiles"]).toHaveLength(1);
    },
  );
});

describe("a profile whose predecessor somebody has deleted before the state had it", () => {
  test("is gone on with, and goes with the resource", async () => {
    const engine = new ModelEngine(sandbox);
    const program = [profile()];
    expect((await engine.up(program)).errors).toEqual([]);
    const cut = { of: "write", nth: 1, moment: "after", end: "kill" } as const;
    expect((await engine.up(program, { replace: ["gmail"], disturbance: cut })).killed).toBe(true);
    const named = () =>
      (sandbox.world.dataverse.rows["emailserverprofiles"] ?? []).filter(({ name }) => name === "Gmail gmail");
    const first = named().find(({ emailserverprofileid: id }) => id === engine.entry("gmail")?.id);
    if (first) takeRow(sandbox.world, "emailserverprofiles", first);
    expect(named()).toHaveLength(1);
    expect((await engine.up(program)).errors).toEqual([]);
    expect(named()).toEqual([expect.objectContaining({ emailserverprofileid: engine.entry("gmail")?.id })]);
    expect((await engine.up([])).errors).toEqual([]);
    expect(named()).toEqual([]);
  });
});

describe("a profile whose predecessor could not be deleted", () => {
  test("is followed by another one when it is made anew again, and never taken for it", async () => {
    const engine = new ModelEngine(sandbox);
    const program = [profile("gmail"), mailbox("anna")];
    expect((await engine.up(program)).errors).toEqual([]);
    const ids = [engine.entry("gmail")?.id];
    for (const round of [1, 2]) {
      sandbox.addFault({
        service: "dataverse",
        method: "DELETE",
        effect: { status: 403, body: "<html>blocked</html>" },
      });
      expect((await engine.up(program, { replace: ["gmail"] })).errors, `round ${round}`).toHaveLength(1);
      ids.push(engine.entry("gmail")?.id);
    }
    expect(new Set(ids).size).toBe(3);
    expect((await engine.up(program)).errors).toEqual([]);
    expect(await engine.drift(program)).toEqual([]);
    expect(mailboxRow(sandbox, ANNA)["_emailserverprofile_value"]).toBe(ids.at(-1));
  });
});

describe("a process that is killed", () => {
  test.each(
    [1, 2, 3, 4].flatMap((write) =>
      (["before", "after"] as const).map((moment): [number, "before" | "after"] => [write, moment]),
    ),
  )("at write %i, %s it was carried out, loses nothing of what was there", async (write, moment) => {
    const pasts = new Map<Row, object>();
    for (const [address, cells] of [
      [ANNA, { incomingemaildeliverymethod: 1, emailrouteraccessapproval: 2 }],
      ["bert@northwind.example", { outgoingemaildeliverymethod: 1, statecode: 1, statuscode: 2 }],
    ] as const) {
      const row = mailboxRow(sandbox, address);
      changeRow(sandbox, row, cells);
      pasts.set(row, mailboxSettings(row));
    }
    const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
    const exchange =
      rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;
    changeRow(sandbox, organization, { _defaultemailserverprofileid_value: exchange });
    const engine = new ModelEngine(sandbox);
    const program = [
      profile("gmail", { defaultForNewMailboxes: true }),
      mailbox("anna"),
      mailbox("bert", "bert@northwind.example"),
    ];
    expect((await engine.up(program, { disturbance: { of: "write", nth: write, moment, end: "kill" } })).killed).toBe(
      true,
    );
    expect((await engine.up(program)).errors).toEqual([]);
    expect(await engine.drift(program)).toEqual([]);
    expect((await engine.up([])).errors).toEqual([]);
    for (const [row, past] of pasts) expect(mailboxSettings(row)).toEqual(past);
    expect(organization["_defaultemailserverprofileid_value"]).toBe(exchange);
  });
});
