"""A hook of mkdocs: notebooks beside the code become pages, too."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ELSEWHERE = ("notebooks", "src/flights/models/*/notebooks")


@event_priority(100)  # before mkdocs-jupyter looks for notebooks
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return the site's files with the notebooks of the folders ELSEWHERE added."""
    root = Path(config.config_file_path).parent
    for folder in ELSEWHERE:
        for notebook in sorted(root.glob(f"{folder}/*.ipynb")):
            name = notebook.relative_to(root).as_posix()
            files.append(File(name, str(root), config.site_dir, config.use_directory_urls))
    return files
