import { isCommit, isRevision, type Repo, repoFolderName } from "./repo.ts";

/** Where a repository may have files at this commit. Its folder holds other commits, too; these are not meant. */
export function territory(repo: Repo, commit: string): (path: string) => boolean {
  // A pin says which commit it is.
  if (isCommit(repo.revision) && repo.revision !== commit) return () => false;
  const folder = repoFolderName(repo);
  const [blobs, refs] = [`${folder}/blobs/`, `${folder}/refs/`];
  const ofCommit = [`${folder}/snapshots/${commit}/`, `${folder}/.no_exist/${commit}/`];
  return (path) =>
    ofCommit.some((own) => path.startsWith(own)) ||
    (path.startsWith(blobs) && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(path.slice(blobs.length))) ||
    (path.startsWith(refs) && isRevision(path.slice(refs.length)));
}
