/** True for functions that give back a place on the disk. */
export function isFolderMaker(name: string): boolean {
  return makers.test(name);
}

const makers =
  /^(pathlib\.(Pure(Posix|Windows)?)?(Posix|Windows)?Path(\..+)?|Path(\..+)?|os\.path\.(join|abspath|dirname|realpath|expanduser|normpath|relpath)|os\.(getcwd|listdir)|tempfile\..+|shutil\..+|path\.(join|resolve|dirname)|node:path\..+|fileURLToPath|importlib\.resources\..+)$/;

/** True for a name that is a place on a disk, and not in a hub. */
export function looksLikeFolder(text: string): boolean {
  return /^[./~\\]|^[A-Za-z]:[\\/]|\\|^(https?|file|s3|gs):|\/$/.test(text) || (text.match(/\//g)?.length ?? 0) > 1;
}
