"""The queue of jobs in Redis (arq). Jobs are JSON: whoever can write to Redis must not be able to run code here."""

import json
from typing import Any

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool


def encode(job: dict[str, Any]) -> bytes:
    """A job as bytes."""
    return json.dumps(job, default=str).encode()


def decode(data: bytes) -> dict[str, Any]:
    """A job as it was put in. Raises ValueError for anything else."""
    found: dict[str, Any] = json.loads(data)
    return found


def connect(url: str, most: int) -> ArqRedis:
    """Redis at `url` with at most so many connections; `enqueue_job` on it writes JSON."""
    pool = ConnectionPool.from_url(url, max_connections=most)
    return ArqRedis(pool, job_serializer=encode, job_deserializer=decode)
