import { preload } from "./jest.ts";

/** Jest's global set-up, as the preset names it. */
export default preload();
