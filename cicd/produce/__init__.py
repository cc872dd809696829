"""From source to digests: tests and checks in the build image, the model bundle, the release."""
