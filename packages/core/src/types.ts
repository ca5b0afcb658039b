/** A value that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** `sha256:<64 hex>` of the content, or `git-sha1:<40 hex>`, the id git gives to the content as a blob. */
export type Digest = `sha256:${string}` | `git-sha1:${string}`;

/** What a person writes, taken apart: `hf:facebook/bart-base@main` and what the config says beside it. */
export interface Ref {
  /** The fetcher's name: `hf`, `whisper`, `spacy`. */
  readonly scheme: string;
  readonly name: string;
  readonly revision?: string;
  /** What only this ecosystem understands (`weights`, `for`, `url`, …), checked by its fetcher. */
  readonly options: RefOptions;
}

export type RefOptions = { readonly [key: string]: Json | undefined };

/** Bytes that a directory must hold. */
export interface FileEntry {
  readonly type: "file";
  /** Relative to the fetcher's directory, with `/` on every platform. */
  readonly path: string;
  /** The public address, never a mirror's: two people behind different mirrors lock the same bytes. */
  readonly url: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: Digest;
}

/** A relative symbolic link to a file of the same manifest. Where links do not exist, the file itself. */
export interface LinkEntry {
  readonly type: "link";
  readonly path: string;
  /** As it stands in the link: relative to the folder that holds the link. */
  readonly target: string;
}

/** A small file whose content is known beforehand: a ref, a marker, an installer's record. */
export interface TextEntry {
  readonly type: "text";
  readonly path: string;
  readonly text: string;
}

/** A verified archive, of which only the tree it unpacks to stays. */
export interface ArchiveEntry {
  readonly type: "archive";
  /** Both are zip files; of a wheel the manifest says in texts what an installer adds. */
  readonly format: "wheel" | "zip";
  /** The folder it is unpacked into; `""` is the fetcher's directory itself. */
  readonly path: string;
  readonly url: string;
  /** In bytes, packed. */
  readonly size: number;
  /** Of the archive itself, as it is published. */
  readonly digest: Digest;
  /** Every file it unpacks to but those that another entry of the manifest writes. */
  readonly members: readonly ArchiveMember[];
}

export interface ArchiveMember {
  /** Relative to the archive's root. */
  readonly path: string;
  /** In bytes, unpacked. */
  readonly size: number;
  readonly digest: Digest;
}

/** What must not be there, because the client would believe it: another version, a marker that hides a file. */
export interface AbsentEntry {
  readonly type: "absent";
  /** The folder the names are relative to. */
  readonly path: string;
  /** A `*` stands for any characters but `/`. What another entry of the manifest puts there is not meant. */
  readonly names: readonly string[];
}

export type Entry = FileEntry | LinkEntry | TextEntry | ArchiveEntry | AbsentEntry;

/** What a ref turned out to mean: plain data, the same on every machine. */
export interface Manifest {
  /** As the person wrote it, in its canonical form. */
  readonly ref: string;
  /** The options it was asked for with, as the config has them. */
  readonly options: RefOptions;
  /** The exact version: a commit, a package version, a checksum. */
  readonly revision: string;
  /** As the model's own metadata names it. */
  readonly license?: string;
  /** Set when the publisher asks for acceptance before a download. */
  readonly gated?: "auto" | "manual";
  /** What the application is after, relative to the fetcher's directory: a snapshot folder, a `.pt` file, a data folder. */
  readonly path: string;
  /** In the order in which they are written: what is pointed at comes before what points at it. */
  readonly entries: readonly Entry[];
  /** What the source holds beside it and nobody loads. */
  readonly leftOut: { readonly files: number; readonly bytes: number };
  /** Other models that this one opens when it is loaded. */
  readonly requires: readonly Requirement[];
}

export interface Requirement {
  /** A ref in canonical form. */
  readonly ref: string;
  /** What to ask for it with, when only a part of it is opened. @default {} */
  readonly options?: RefOptions;
  /** Why, in words: `the adapter's base model`. */
  readonly why: string;
  /** False when only the user can decide to fetch it, for example because it is gated or runs code. */
  readonly safe: boolean;
}

/** Which bases stand for a public one. The first that answers with the right bytes is used. */
export interface Mirror {
  /** The public base that the manifest's addresses start with, ending in `/`. */
  readonly base: string;
  /** What to put in its place, each ending in `/`. */
  readonly mirrors: readonly string[];
}

/** What a process needs in its environment so that the client finds the directory, and stays offline. */
export interface ClientEnvironment {
  /** Variables that point the client at the directory. */
  readonly set: Readonly<Record<string, string>>;
  /** Variables that hold a list of paths, to which one is added in front. */
  readonly prepend: Readonly<Record<string, string>>;
  /** Variables that keep the client off the network. */
  readonly offline: Readonly<Record<string, string>>;
}

export interface ResolveOptions {
  readonly signal?: AbortSignal;
  /**
   * What the same ref meant when it was locked or installed. Only saves work: what an archive unpacks to need not be
   * read again as long as the archive is the same. The manifest is the same with it and without.
   */
  readonly known?: Manifest;
}

/**
 * What a source tells of a ref today beside what it means: for people who decide whether to move a pin.
 * None of it is in a manifest, because it may change while the model does not.
 */
export interface Upstream {
  /** When each of the revisions was made, as ISO 8601, as far as the source tells. */
  readonly dates: Readonly<Record<string, string>>;
  /** The ref by which the source knows it today, when it was given another name. */
  readonly renamed?: string;
  /** Set when the publisher asks for acceptance today, also of those who may not look any further. */
  readonly gated?: "auto" | "manual";
  /** What keeps the first of the revisions from being used here, in words: it is made for another spaCy. */
  readonly misfit?: string;
  /** What else a person should know, in words. */
  readonly remarks: readonly string[];
  /** A page about the last of the revisions. */
  readonly page?: string;
}

/** What one ecosystem knows: where its client looks, and what a ref means today. It never downloads a model. */
export interface Fetcher {
  /** The scheme of its refs. */
  readonly name: string;
  /** Where the client itself looks: absolute, decided when the fetcher is built. */
  readonly dir: string;
  /** The rule that chose the directory, for people: `HF_HUB_CACHE`, `default`. */
  readonly dirRule: string;
  readonly mirrors: readonly Mirror[];
  readonly http: Http;
  readonly environment: ClientEnvironment;
  /** False when the client is told not to use symbolic links, or the system has none. @default true */
  readonly symlinks: boolean;
  /** Turns a ref into its canonical text, or throws `BAD_REF` naming what is wrong. Never touches the network. */
  canonical(ref: Ref): string;
  /**
   * Which paths below `dir` a model of this ref may have in this revision. What comes from a lock and lies elsewhere is refused.
   * @default all of them
   */
  owns?(ref: Ref, revision: string): (path: string) => boolean;
  /**
   * @throws PreloadError `BAD_REF`, `NOT_FOUND`, `REVISION_NOT_FOUND`, `UNAUTHORIZED`, `GATED`, or a network code.
   */
  resolve(ref: Ref, options?: ResolveOptions): Promise<Manifest>;
  /**
   * For a ref that stands still, the one that moves on: the branch that a commit was taken from. Never touches the network.
   * @default none stands still
   */
  follows?(ref: Ref): Ref | undefined;
  /**
   * What the source tells of these revisions of a ref, the older one first. Leaves out what cannot be found out.
   * @throws PreloadError `ABORTED`
   */
  upstream?(ref: Ref, revisions: readonly string[], options?: ResolveOptions): Promise<Upstream>;
}

export interface RequestOptions {
  /** @default "GET" */
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** A larger answer is an error. In bytes. @default 67108864 */
  readonly maxBytes?: number;
}

/** A whole answer, kept in memory. Any status, also 404: the caller knows what it means. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Where it came from, after redirects. */
  readonly url: string;
}

/**
 * An answer whose body is still to be read. Read it or destroy it.
 * A piece of the body is good until the next one is asked for: its memory is the connection's.
 */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array> & { destroy(): void };
  readonly url: string;
}

/**
 * The one way to the network: proxies, certificates, redirects, tokens and retries are its business.
 * Redirects to another origin lose the token.
 */
export interface Http {
  /**
   * A small answer, with retries for what a second try can change.
   * @throws PreloadError `NETWORK`, `RATE_LIMITED`, `DEADLINE`, `ABORTED`.
   */
  get(url: string, options?: RequestOptions): Promise<Answer>;
  /** One attempt at a large answer. @throws as `get`. */
  open(url: string, options?: RequestOptions): Promise<OpenAnswer>;
  /** `fetch` over the same stack, for libraries that want one. */
  readonly fetch: typeof globalThis.fetch;
  /** Turns what the body of an opened answer threw into a `PreloadError` that names the host and the cause. */
  explain(error: unknown, url: string): unknown;
  /** The same stack, which also shows the token to these origins (`https://huggingface.co`) and to nobody else. */
  authorized(token: string, origins: readonly string[]): Http;
  /** False where a large file comes as fast in one piece as in several at once. @default true */
  readonly inRanges?: boolean;
  /** Milliseconds that the quickest answer so far took to come, connecting included. Undefined before the first. */
  quickestAnswer?(): number | undefined;
  /** Closes idle connections. */
  close(): void;
}
