/** The text of every file of dist/, by name: from the same sources the same, wherever they lie. */
export function bundle(entry?: string): Promise<{ readonly "index.js": string; readonly "licenses.txt": string }>;
