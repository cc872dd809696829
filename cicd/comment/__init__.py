"""The comment of a pull request: what each run says about its commit, kept up to date in one place.

* `data` is what a run says, as the artifact holds it; whoever opens a pull request may have written it.
* `archive` takes that data out of the artifact's ZIP file.
* `document` is the text of a comment: its sections, and how new ones replace old ones.
* `pulls` is the boundary to GitHub's API: pull requests, runs, artifacts, comments.
* `refresh` brings them together.
"""
