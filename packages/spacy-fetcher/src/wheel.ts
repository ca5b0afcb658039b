import {
  type ArchiveMember,
  addressesOf,
  openZip,
  PreloadError,
  safePath,
  type ZipFile,
  type ZipMember,
} from "@preload/core";
import type { Source } from "./ask.ts";
import { parseRecord, type RecordLine } from "./record.ts";
import { openWheelSource } from "./wheel-source.ts";

/** What a wheel says of itself, checked against the list of its archive. */
export interface Wheel {
  /** In bytes, packed. */
  readonly size: number;
  /** The folder of its metadata: `en_core_web_sm-3.8.0.dist-info`. */
  readonly distInfo: string;
  /** The lines of RECORD in their order, without those that an installer writes itself. */
  readonly lines: readonly (RecordLine & ArchiveMember)[];
}

/**
 * Reads the list of a wheel's files, not the files, at the first of its addresses that has it.
 *
 * @throws PreloadError `BAD_ANSWER` for one that nobody should unpack
 */
export async function readWheel(url: string, sha256: string, name: string, source: Source): Promise<Wheel> {
  let failure: unknown;
  for (const address of addressesOf(url, source.mirrors)) {
    try {
      return await readAt(address, sha256, name, source);
    } catch (error) {
      if (!(error instanceof PreloadError) || error.code === "ABORTED") throw error;
      // "Not there" must not hide that another address could not be asked.
      if (failure === undefined || error.code === "NETWORK") failure = error;
    }
  }
  throw failure;
}

async function readAt(address: string, sha256: string, name: string, source: Source): Promise<Wheel> {
  const wheel = await openWheelSource(address, sha256, source);
  try {
    const zip = await openZip(wheel, address);
    try {
      return { size: wheel.size, ...(await check(zip, name, address)) };
    } finally {
      zip.close();
    }
  } finally {
    await wheel.close();
  }
}

async function check(zip: ZipFile, name: string, url: string): Promise<Omit<Wheel, "size">> {
  const packed = new Map<string, ZipMember>();
  for (const member of zip.members) {
    if (packed.has(member.path)) throw bad(url, `it holds ${member.path} twice`);
    packed.set(safePath(member.path), member);
  }
  const distInfo = distInfoIn([...packed.keys()], name, url);
  const record = packed.get(`${distInfo}/RECORD`);
  if (record === undefined) throw bad(url, "it has no RECORD");

  const lines = parseRecord(await textOf(record, url), url).filter(({ path }) => !isInstallers(path, distInfo));
  const listed = new Set(lines.map(({ path }) => path));
  for (const path of packed.keys()) {
    if (!listed.has(path) && !isInstallers(path, distInfo)) throw bad(url, `its RECORD does not list ${path}`);
  }
  return { distInfo, lines: lines.map((line) => checkLine(line, packed, name, distInfo, url)) };
}

function checkLine(
  line: RecordLine,
  packed: ReadonlyMap<string, ZipMember>,
  name: string,
  distInfo: string,
  url: string,
): RecordLine & ArchiveMember {
  const path = safePath(line.path);
  const member = packed.get(path);
  const { digest } = line;
  if (member === undefined) throw bad(url, `its RECORD lists ${path}, which it does not hold`);
  if (digest === undefined) throw bad(url, `its RECORD has no digest for ${path}`);
  if (line.size !== undefined && line.size !== member.size) {
    throw bad(url, `its RECORD says that ${path} has ${line.size} bytes, but it has ${member.size}`);
  }
  // The directory it is unpacked into may be a site-packages, where everything else belongs to others.
  if (!path.startsWith(`${name}/`) && !path.startsWith(`${distInfo}/`)) {
    throw bad(url, `${path} is outside of its package`);
  }
  return { path, digest, size: member.size };
}

function distInfoIn(paths: readonly string[], name: string, url: string): string {
  const folders = new Set(paths.map((path) => path.split("/", 1)[0] ?? "").filter((top) => top.endsWith(".dist-info")));
  const [folder] = folders;
  if (folder !== undefined && folders.size === 1 && folder.startsWith(`${name}-`)) return folder;
  throw bad(url, `it has no metadata of ${name}`);
}

/** True for what is not unpacked, because an installer writes its own. */
function isInstallers(path: string, distInfo: string): boolean {
  const names = ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json"];
  return names.some((name) => path === `${distInfo}/${name}`);
}

const largestRecord = 16 * 1024 * 1024;

async function textOf(member: ZipMember, url: string): Promise<string> {
  if (member.size > largestRecord) throw bad(url, `its RECORD has ${member.size} bytes`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await member.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function bad(url: string, why: string): PreloadError {
  return new PreloadError("BAD_ANSWER", `${url} cannot be installed: ${why}`, {
    hint: "Nothing was written. If a mirror stands in between, try --endpoint with the original one.",
  });
}
