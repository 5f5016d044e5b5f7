"""What stands in a hall for everybody: the call display, the kiosk, the page of a number."""

from api.hall.rooms import routes

__all__ = ["routes"]
