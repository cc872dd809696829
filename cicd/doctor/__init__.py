"""What a project needs on its machine, in its repository and on GitHub, and what of that is missing."""
