"""Everything huggingface_hub says about its cache."""

from asked import answer_with, files_under, refused, sha256
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache


def read(repos):
    return {"repos": [repo(**asked) for asked in repos], "scan": scan()}


def repo(id, revision, files, absent, local_files_only):
    revised = {} if revision is None else {"revision": revision}
    folder = refused(snapshot_download, id, **revised, local_files_only=local_files_only)
    return {
        "folder": folder,
        "snapshot": files_under(folder) if isinstance(folder, str) else {},
        "downloads": {path: digest(refused(hf_hub_download, id, path, **revised)) for path in files},
        "cached": {path: cached(id, path, revised) for path in [*files, *absent]},
    }


def digest(path):
    return sha256(path) if isinstance(path, str) else path


def cached(id, path, revised):
    found = try_to_load_from_cache(id, path, **revised)
    # The third answer is an object of its own: known to be absent.
    return "file" if isinstance(found, str) else "unknown" if found is None else "absent"


def scan():
    cache = scan_cache_dir()
    return {
        "warnings": [str(warning) for warning in cache.warnings],
        "size": cache.size_on_disk,
        "repos": sorted((described(repo) for repo in cache.repos), key=lambda repo: (repo["type"], repo["id"])),
    }


def described(repo):
    return {
        "id": repo.repo_id,
        "type": repo.repo_type,
        "size": repo.size_on_disk,
        "files": repo.nb_files,
        "revisions": sorted(
            (
                {
                    "commit": revision.commit_hash,
                    "refs": sorted(revision.refs),
                    "size": revision.size_on_disk,
                    "files": sorted(file.file_name for file in revision.files),
                }
                for revision in repo.revisions
            ),
            key=lambda revision: revision["commit"],
        ),
    }


answer_with(read)
