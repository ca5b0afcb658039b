"""What an application does to have a repository: snapshot.py <repo> <cache> [offline]"""

import sys

from huggingface_hub import snapshot_download

repo, cache, *offline = sys.argv[1:]
snapshot_download(repo, cache_dir=cache, local_files_only=bool(offline))
