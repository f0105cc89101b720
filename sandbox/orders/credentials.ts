import { X509Certificate } from "node:crypto";
import { thumbprintsOf } from "../entra/certificates.ts";
import { newCertificate } from "../entra/new-certificate.ts";
import { EXCHANGE_AUDIENCE } from "../entra/state.ts";
import { Unknown } from "../order.ts";
import { type Form, found, number, type Order, order, requireNew, text } from "./order.ts";
import { applicationOf } from "./secrets.ts";

const APPLICATION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const TARGET = "<client id>";

const certificate: Form<string> = {
  form: "PEM",
  read(name, given) {
    try {
      return new X509Certificate(given).toString();
    } catch {
      throw new Unknown(`${name} must be a certificate in PEM`);
    }
  },
};

/** What an application in Entra may prove itself by, beside secrets. */
export const credentialOrders: Readonly<Record<string, Order>> = {
  "add certificate": order({
    prints: true,
    target: TARGET,
    summary:
      "adds a certificate to an application in Entra; where none is given one is made, and printed with its key in PEM",
    may: { certificate, days: number(0, 3650, "DAYS") },
    examples: [APPLICATION, `${APPLICATION} days=0`],
    run: async ({ world }, id, { certificate: given, days = 365 }) => {
      const application = applicationOf(world(), id);
      const made = given === undefined ? await newCertificate(application.name, days) : undefined;
      const pem = given ?? made?.certificate ?? "";
      application.certificates.push(pem);
      const [thumbprint] = thumbprintsOf(new X509Certificate(pem));
      return { clientId: application.clientId, thumbprint, ...(made && { pem: `${made.key}${pem}` }) };
    },
  }),
  "delete certificate": order({
    target: TARGET,
    summary: "takes a certificate from an application in Entra",
    needs: { thumbprint: text },
    examples: [`${APPLICATION} thumbprint=0123456789ABCDEF0123456789ABCDEF01234567`],
    run: ({ world }, id, { thumbprint }) => {
      const application = applicationOf(world(), id);
      const is = (pem: string) => thumbprintsOf(new X509Certificate(pem)).includes(thumbprint.toUpperCase());
      const gone = found(application.certificates, "certificate", thumbprint, is);
      application.certificates = application.certificates.filter((pem) => pem !== gone);
    },
  }),
  "add federated-credential": order({
    target: TARGET,
    summary:
      "lets tokens of another issuer count as an application's own, of which Entra compares issuer, subject and audience to the letter",
    needs: { issuer: text, subject: text },
    may: { audience: text },
    examples: [
      `${APPLICATION} issuer=https://token.actions.githubusercontent.com subject=repo:northwind/mail:environment:production`,
    ],
    run: ({ world }, id, { issuer, subject, audience = EXCHANGE_AUDIENCE }) => {
      const { federatedCredentials } = applicationOf(world(), id);
      requireNew(federatedCredentials, "federated credential", subject, isOf(issuer, subject));
      if (federatedCredentials.length >= MOST_FEDERATED)
        throw new Unknown(`an application has at most ${MOST_FEDERATED} federated credentials: delete one first`);
      federatedCredentials.push({ issuer, subject, audience });
    },
  }),
  "delete federated-credential": order({
    target: TARGET,
    summary: "takes a federated credential from an application",
    needs: { issuer: text, subject: text },
    examples: [
      `${APPLICATION} issuer=https://token.actions.githubusercontent.com subject=repo:northwind/mail:ref:refs/heads/main`,
    ],
    run: ({ world }, id, { issuer, subject }) => {
      const application = applicationOf(world(), id);
      const gone = found(application.federatedCredentials, "federated credential", subject, isOf(issuer, subject));
      application.federatedCredentials = application.federatedCredentials.filter((known) => known !== gone);
    },
  }),
};

/** Microsoft: "Workload identity federation", considerations. */
const MOST_FEDERATED = 20;

function isOf(issuer: string, subject: string) {
  return (known: { readonly issuer: string; readonly subject: string }) =>
    known.issuer === issuer && known.subject === subject;
}
