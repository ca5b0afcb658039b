# The models of this project, for those whose fingers know make. Everything is done by the command line.
# The package is named, since the bare name on npm is somebody else's. In a checkout: make PRELOAD="node apps/cli/dist/bin.cjs"
PRELOAD ?= npx --package=@preload/cli preload

.PHONY: preload-ml-models clean-cache

# Fetches what is missing and verifies everything: the models of preload.yaml, or the built-in ones without it.
preload-ml-models:
	$(PRELOAD)

# Removes what the lock names, and nothing else of the caches that other programs share.
clean-cache:
	$(PRELOAD) clean --yes
