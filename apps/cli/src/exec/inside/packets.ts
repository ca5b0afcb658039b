import { endianness } from "node:os";

/** A try that the kernel answered by itself, since nobody listens there, or took although nobody is there to get it. */
export interface Refusal {
  readonly host: string;
  readonly port: number;
  /** What was sent, of UDP. */
  readonly datagram?: Buffer;
}

/**
 * What a packet says was refused: a TCP reset in answer to the first packet of a connection, or an ICMP message that a
 * port is unreachable, which holds the datagram that was sent there. A datagram to a group (mDNS, SSDP) or to everybody is
 * refused to nobody, and says by itself where it would have gone.
 */
export function refusalIn(packet: Buffer): Refusal | undefined {
  const ip = headerOf(packet);
  if (ip === undefined) return undefined;
  const { protocol, source, target, payload } = ip;
  if (protocol === UDP) {
    const isMeantForOthers = ip.mostHops > 0 && payload.length >= 8;
    return isMeantForOthers ? { host: target, port: payload.readUInt16BE(2) } : undefined;
  }
  if (protocol === TCP) {
    // Of an accepted connection a reset has a number of its own; of one that never was, none.
    const isRefused = payload.length >= 14 && (payload.readUInt8(13) & 0x14) === 0x14 && payload.readUInt32BE(4) === 0;
    return isRefused ? { host: source, port: payload.readUInt16BE(0) } : undefined;
  }
  const isPort = packet.readUInt8(0) >> 4 === 4 ? [3, 3] : [1, 4];
  if (payload[0] !== isPort[0] || payload[1] !== isPort[1]) return undefined;
  const sent = headerOf(payload.subarray(8));
  if (sent === undefined || sent.protocol !== UDP || sent.payload.length < 8) return undefined;
  return { host: sent.target, port: sent.payload.readUInt16BE(2), datagram: sent.payload.subarray(8) };
}

const TCP = 6;
const UDP = 17;

interface Header {
  readonly protocol: number;
  readonly source: string;
  readonly target: string;
  /** 0 keeps it on this machine. */
  readonly mostHops: number;
  readonly payload: Buffer;
}

function headerOf(packet: Buffer): Header | undefined {
  const first = packet[0] ?? 0;
  if (first >> 4 === 4 && packet.length >= 20) {
    const payload = packet.subarray((first & 15) * 4);
    const [source, target] = [four(packet, 12), four(packet, 16)];
    return { protocol: packet.readUInt8(9), source, target, mostHops: packet.readUInt8(8), payload };
  }
  if (first >> 4 === 6 && packet.length >= 40) {
    const payload = packet.subarray(40);
    const [source, target] = [six(packet, 8), six(packet, 24)];
    return { protocol: packet.readUInt8(6), source, target, mostHops: packet.readUInt8(7), payload };
  }
  return undefined;
}

function four(packet: Buffer, at: number): string {
  return packet.subarray(at, at + 4).join(".");
}

/** In the form in which people write it: the longest row of zeros left out. */
function six(packet: Buffer, at: number): string {
  const words = Array.from({ length: 8 }, (_, index) => packet.readUInt16BE(at + 2 * index).toString(16));
  return new URL(`http://[${words.join(":")}]`).hostname.slice(1, -1);
}

/**
 * Lets through TCP resets and ICMP's "unreachable" that are going out, but not those of 127.0.0.0/8, and datagrams to
 * groups and to everybody: a program that talks to itself over the loopback, however much, wakes no watcher.
 */
export function filter(): Buffer {
  const steps = program.filter((step) => typeof step !== "string");
  const places = new Map<string, number>();
  let count = 0;
  for (const step of program) {
    if (typeof step === "string") places.set(step, count);
    else count += 1;
  }
  const isLittle = endianness() === "LE";
  return Buffer.concat(
    steps.map(([code, value, ifTrue, ifFalse], index) => {
      const skip = (to: string | undefined) => (to === undefined ? 0 : (places.get(to) ?? 0) - index - 1);
      const step = Buffer.alloc(8);
      step.writeUInt8(skip(ifTrue), 2);
      step.writeUInt8(skip(ifFalse), 3);
      if (isLittle) step.writeUInt16LE(code, 0);
      else step.writeUInt16BE(code, 0);
      if (isLittle) step.writeUInt32LE(value, 4);
      else step.writeUInt32BE(value, 4);
      return step;
    }),
  );
}

/** An instruction of the Berkeley packet filter, its operand, and where to go on when it is true, and when not. */
type Step = readonly [code: number, operand: number, ifTrue?: string, ifFalse?: string];

const [load, loadPast, headerLength, mask, end] = [0x30, 0x50, 0xb1, 0x54, 0x06];
const [isEqual, isAtLeast, hasBits] = [0x15, 0x35, 0x45];
const direction = 0xfffff004;
const outgoing = 4;

const program: readonly (Step | string)[] = [
  [load, direction],
  [isEqual, outgoing, "version", "nothing"],
  "version",
  [load, 0],
  [mask, 0xf0],
  [isEqual, 0x40, "four", "six"],
  "four",
  [load, 9],
  [isEqual, UDP, "target of four", "source of four"],
  "target of four",
  [load, 16],
  [isAtLeast, 224, "all", "nothing"],
  "source of four",
  [load, 12],
  [isEqual, 127, "nothing", "protocol of four"],
  "protocol of four",
  [load, 9],
  [headerLength, 0],
  [isEqual, TCP, "flags of four", "is it ICMP"],
  "is it ICMP",
  [isEqual, 1, "type of ICMP", "nothing"],
  "flags of four",
  [loadPast, 13],
  [hasBits, 4, "all", "nothing"],
  "type of ICMP",
  [loadPast, 0],
  [isEqual, 3, "all", "nothing"],
  "six",
  [load, 6],
  [isEqual, UDP, "target of six", "is it TCP"],
  "target of six",
  [load, 24],
  [isEqual, 0xff, "all", "nothing"],
  "is it TCP",
  [load, 6],
  [isEqual, TCP, "flags of six", "is it ICMPv6"],
  "flags of six",
  [load, 40 + 13],
  [hasBits, 4, "all", "nothing"],
  "is it ICMPv6",
  [isEqual, 58, "type of ICMPv6", "nothing"],
  "type of ICMPv6",
  [load, 40],
  [isEqual, 1, "all", "nothing"],
  "all",
  [end, 2048],
  "nothing",
  [end, 0],
];
