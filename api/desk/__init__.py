"""The staff desk: server-rendered pages for counters and departments."""

from api.desk.rooms import routes

__all__ = ["routes"]
