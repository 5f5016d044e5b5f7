"""Is the house alive and ready; its figures for a scraper on this machine."""

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from models.base import Refusal, rows

OUTBOX = Gauge("yimen_outbox", "Messages in the outbox by state", ["state"])
OPEN = Gauge("yimen_open_cases", "Cases that have not ended")
LOCAL = ("127.0.0.1", "::1")


async def alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """200 when the database answers; Redis away is said but does not stop the counter (promises P2)."""
    try:
        await rows("SELECT 1")
    except Exception:
        return JSONResponse({"ready": False, "database": "away"}, 503)
    try:
        await request.state["jobs"].ping()
        redis = "ok"
    except (RedisError, OSError):
        redis = "away"
    return JSONResponse({"ready": True, "database": "ok", "redis": redis})


async def metrics(request: Request) -> Response:
    """Prometheus figures, for callers on this machine or behind the county's own proxy."""
    if not request.client or request.client.host not in LOCAL or "x-forwarded-for" in request.headers:
        raise Refusal("not_found", 404, "没有这一页")
    for row in await rows("SELECT state, count(*) AS n FROM outbox GROUP BY state"):
        OUTBOX.labels(row["state"]).set(row["n"])
    found = await rows(
        "SELECT count(*) AS n FROM cases WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned')"
    )
    OPEN.set(found[0]["n"])
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def routes() -> list[Route]:
    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
