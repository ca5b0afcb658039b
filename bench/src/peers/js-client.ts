import { snapshotDownload } from "@huggingface/hub";

// What an application does to have a repository: js-client.js <repo> <cache> <hub>
const [, , repo = "", cacheDir = "", hubUrl = ""] = process.argv;
await snapshotDownload({ repo, cacheDir, hubUrl });
