import { afterEach, beforeEach } from "vitest";
import { nameTest } from "./name-test.ts";
import { nameOf } from "./vitest-inside.ts";
import { blockHere } from "./watch-network.ts";

// A set-up file of vitest's: says which test is running to whoever notes what is asked of the network. A worker that is a
// thread, or lives on from one test file to the next, is blocked once.
blockHere();
beforeEach(({ task }) => nameTest(nameOf(task)));
afterEach(() => nameTest(undefined));
