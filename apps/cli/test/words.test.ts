import { expect, test } from "vitest";
import { fitted } from "../src/display/columns.ts";
import { endpoint, rate, seconds } from "../src/flags.ts";
import { bytes, duration, shortRevision } from "../src/words.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [9_960, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [557_941_479, "558 MB"],
  [4_900_000_000, "4.9 GB"],
  [2.5e15, "2500 TB"],
])("%d is %s", (count, text) => expect(bytes(count)).toBe(text));

test.each([
  [40, "0.0 s"],
  [9_900, "9.9 s"],
  [12_400, "12 s"],
  [60_000, "1 min"],
  [90_000, "1 min 30 s"],
  [7_500_000, "2 h 5 min"],
])("%d milliseconds are %s", (time, text) => expect(duration(time)).toBe(text));

test.each([
  ["20M", 20_000_000],
  ["500k", 500_000],
  ["1.5MB/s", 1_500_000],
  ["1GiB", 1_073_741_824],
  ["300", 300],
])("the rate %s is %d bytes per second", (text, number) => expect(rate(text)).toBe(number));

test.each([
  ["90", 90],
  ["90s", 90],
  ["10m", 600],
  ["2h", 7200],
  ["250ms", 0.25],
])("the time %s is %d seconds", (text, number) => expect(seconds(text)).toBe(number));

test("an endpoint may have several addresses", () => {
  expect(endpoint("hf=https://a.example, http://b.example/x")).toEqual({
    source: "hf",
    urls: ["https://a.example", "http://b.example/x"],
  });
});

test("a commit is shown short, a version as it is", () => {
  expect(shortRevision("38335783885b338d93791936c54bb4be46bebed9")).toBe("3833578");
  expect(shortRevision("3.8.0")).toBe("3.8.0");
});

test("a long name loses its middle", () => {
  expect(fitted("model-00001-of-00002.safetensors", 15)).toBe("model-0…tensors");
  expect(fitted("short", 15)).toBe("short");
});
