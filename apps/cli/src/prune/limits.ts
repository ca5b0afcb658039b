import { PreloadError } from "@preload/core";

const hours = { h: 1, d: 24, w: 168 } as const;

/** Milliseconds: `12h`, `30d`, `8w`. */
export function age(text: string): number {
  const [, number, unit = "d"] = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text.trim()) ?? [];
  if (number !== undefined) return Number(number) * hours[unit as keyof typeof hours] * 60 * 60 * 1000;
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is not an age`, { hint: "For example 12h, 30d or 8w." });
}

/** Bytes: `500MB`, `10GB`, `1.5GiB`, `0`; M and G are powers of 1000, MiB and GiB of 1024. */
export function size(text: string): number {
  const [, number, unit = "", binary] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim()) ?? [];
  if (number !== undefined)
    return Number(number) * (binary ? 1024 : 1000) ** " kmgt".indexOf(unit.toLowerCase() || " ");
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is not a size`, { hint: "For example 500MB or 10GB." });
}
