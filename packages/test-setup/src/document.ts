/** One model, as `preload ci --json` tells of it. */
export interface ModelDocument {
  readonly ref: string;
  readonly status: string;
  readonly path: string | null;
  readonly revision: string | null;
  readonly bytes: number | null;
  readonly error: ErrorDocument | null;
}

interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** The command line that brings a model which is missing. */
  readonly fetch?: string;
}

/** The models of a document; none when it is not one that lists any. */
export function modelsIn(document: unknown): readonly ModelDocument[] {
  const models = fieldOf(document, "models");
  return Array.isArray(models) ? models.filter(isModel) : [];
}

/** The variables of what `preload env --json` prints. */
export function environmentIn(document: unknown): Readonly<Record<string, string>> | undefined {
  const environment = fieldOf(document, "environment");
  if (typeof environment !== "object" || environment === null) return undefined;
  const variables = Object.entries(environment).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(variables) as Record<string, string>;
}

function isModel(value: unknown): value is ModelDocument {
  return typeof fieldOf(value, "ref") === "string" && typeof fieldOf(value, "status") === "string";
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
