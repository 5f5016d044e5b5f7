"""The sandbox as one ASGI app over one World."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import mini
from sandbox.control import Control
from sandbox.departments import DepartmentSystems
from sandbox.faults import FaultLayer
from sandbox.page import Page
from sandbox.settings import Settings
from sandbox.sms import SmsGateway
from sandbox.wechat import WeChatPlatform
from sandbox.wechat_more import MoreWeChat
from sandbox.world import World


def build(settings: Settings, world: World | None = None) -> Starlette:
    """The app; the world it plays is `app.state.world`."""
    world = world or World(settings)
    platform = WeChatPlatform(world)
    parts = (platform, MoreWeChat(platform), SmsGateway(world), DepartmentSystems(world), Control(world), Page(world))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if settings.app_url:
            world.later(mini.open_demo(world))
        yield
        await world.close()

    app = Starlette(
        routes=[route for part in parts for route in part.routes()],
        middleware=[Middleware(FaultLayer, faults=world.faults)],
        exception_handlers={HTTPException: _said},
        lifespan=lifespan,
    )
    app.state.world = world
    return app


async def _said(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, status_code=error.status_code)
