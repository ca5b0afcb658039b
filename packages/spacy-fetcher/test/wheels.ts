import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export interface WheelParts {
  readonly name: string;
  readonly version: string;
  /** Beside what every pipeline has. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Changes the RECORD that would be right. */
  readonly record?: (right: string) => string;
  /** In the archive, but not in RECORD. */
  readonly unlisted?: Readonly<Record<string, string>>;
}

/** A wheel of a pipeline, as `spacy package` would make it, or not quite. */
export function wheelOf(parts: WheelParts): Uint8Array {
  const { name, version, record = (right) => right } = parts;
  const distInfo = `${name}-${version}.dist-info`;
  const files = {
    [`${name}/__init__.py`]: "",
    [`${name}/meta.json`]: JSON.stringify({ version }),
    [`${name}/${name}-${version}/config.cfg`]: "[nlp]\n",
    ...parts.files,
    [`${distInfo}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${distInfo}/WHEEL`]: "Wheel-Version: 1.0\n",
    [`${distInfo}/entry_points.txt`]: `[spacy_models]\n${name} = ${name}\n`,
  };
  const lines = Object.entries(files).map(
    ([path, content]) => `${path},sha256=${base64(content)},${Buffer.from(content).length}\n`,
  );
  const right = `${lines.join("")}${distInfo}/RECORD,,\n`;
  return zip({ ...files, ...parts.unlisted, [`${distInfo}/RECORD`]: record(right) });
}

function base64(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("base64url");
}

/** A zip archive in which nothing is compressed. Any name goes. */
export function zip(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const places: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(content)];
    // Version, flags, method, time, date, checksum, packed, unpacked, length of the name, of the extra field.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, bytes]);
    const position = Buffer.alloc(14);
    position.writeUInt32LE(offset, 10);
    list.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, position, name]));
    places.push(place);
    offset += place.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(list.length, 4);
  end.writeUInt16LE(list.length, 6);
  end.writeUInt32LE(Buffer.concat(list).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...places, ...list, Buffer.from("PK\x05\x06"), end]);
}
