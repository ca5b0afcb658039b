import { createHash } from "node:crypto";
import type { Entry, TextEntry } from "@preload/core";
import { formatRecord, type RecordLine } from "./record.ts";
import type { Wheel } from "./wheel.ts";

export interface Published {
  readonly name: string;
  readonly url: string;
  /** Of the wheel, in hexadecimal. */
  readonly sha256: string;
}

/**
 * What is in an import root once a pipeline is installed:
 *
 *   en_core_web_sm/__init__.py, meta.json         from the wheel
 *   en_core_web_sm/en_core_web_sm-3.8.0/…         from the wheel: what spacy.load opens
 *   en_core_web_sm-3.8.0.dist-info/METADATA, …    from the wheel: without it spacy.load finds nothing
 *   en_core_web_sm-3.8.0.dist-info/INSTALLER, REQUESTED, direct_url.json, RECORD
 *                                                 ours, as pip would write them
 *
 * and no other version of it: of two dist-infos Python takes either.
 */
export function entriesOf(wheel: Wheel, published: Published): readonly Entry[] {
  const { name, url, sha256 } = published;
  const { distInfo } = wheel;
  const texts = [
    text(`${distInfo}/INSTALLER`, "preload\n"),
    text(`${distInfo}/REQUESTED`, ""),
    text(`${distInfo}/direct_url.json`, directUrl(url, sha256)),
  ];
  const record = [
    ...wheel.lines,
    ...texts.map(lineOf),
    { path: `${distInfo}/RECORD`, digest: undefined, size: undefined },
  ];
  const members = wheel.lines.map(({ path, size, digest }) => ({ path, size, digest }));
  return [
    { type: "archive", format: "wheel", path: "", url, size: wheel.size, digest: `sha256:${sha256}`, members },
    { type: "absent", path: "", names: [`${name}-*.dist-info`, `${name}-*.egg-info`] },
    { type: "absent", path: name, names: [`${name}-*`] },
    ...texts,
    text(`${distInfo}/RECORD`, formatRecord(record)),
  ];
}

/** PEP 610: from where it was installed, in the words and the order that pip writes. */
function directUrl(url: string, sha256: string): string {
  return `${JSON.stringify({ archive_info: { hash: `sha256=${sha256}`, hashes: { sha256 } }, url })}\n`;
}

function text(path: string, content: string): TextEntry {
  return { type: "text", path, text: content };
}

function lineOf({ path, text: content }: TextEntry): RecordLine {
  const hash = createHash("sha256").update(content).digest("hex");
  return { path, digest: `sha256:${hash}`, size: Buffer.byteLength(content) };
}
