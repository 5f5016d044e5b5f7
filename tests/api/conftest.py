"""Fixtures of the HTTP tests."""

from tests.api.door import web, world

__all__ = ["web", "world"]
