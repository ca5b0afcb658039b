import { librariesOf } from "@preload/core/testing";
import { expect, test } from "vitest";

test("importing the package loads no library that only some runs need", async () => {
  const libraries = await librariesOf(new URL("../src/index.ts", import.meta.url));
  expect([...libraries]).toEqual(["@preload/core"]);
});
