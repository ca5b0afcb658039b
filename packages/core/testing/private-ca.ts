import { randomUUID } from "node:crypto";

/** A certificate authority nobody knows, and a server certificate it signed; all PEM. */
export interface PrivateCa {
  ca: string;
  server: { key: string; cert: string };
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;

/**
 * Makes an authority as companies have them, with a certificate for loopback and further host names, which holds for a
 * day unless another end is given.
 */
export async function privateCa(
  names: readonly string[] = [],
  { serverUntil = new Date(Date.now() + day) }: { readonly serverUntil?: Date } = {},
): Promise<PrivateCa> {
  // Loaded here, since most users of this entry need no certificates. The first is what the second runs on.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const { subtle } = globalThis.crypto;
  const makeKeys = () => subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };

  const authorityKeys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    // Two of one name would be taken for one another.
    name: `CN=Preload test authority ${randomUUID()}`,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });

  const serverKeys = await makeKeys();
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    notAfter: serverUntil,
    subject: "CN=localhost",
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
        ...names.map((value) => ({ type: "dns" as const, value })),
      ]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });

  const key = x509.PemConverter.encode(await subtle.exportKey("pkcs8", serverKeys.privateKey), "PRIVATE KEY");
  return { ca: authority.toString("pem"), server: { key, cert: cert.toString("pem") } };
}
