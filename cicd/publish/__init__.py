"""Publishing packages: the package index of a project, over HTTP."""
