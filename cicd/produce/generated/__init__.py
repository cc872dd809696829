"""Dockerfiles for projects without one: made from how the project is packaged, or written for those who want them."""

from __future__ import annotations
