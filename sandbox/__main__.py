"""`python -m sandbox --port N ...`: see settings.py for the flags and the secrets taken from the environment."""

import sys

import uvicorn

from sandbox.app import build
from sandbox.settings import SettingsError, read


def main() -> int:
    """Run until stopped; 2 when a setting is wrong."""
    try:
        settings = read(sys.argv[1:])
    except SettingsError as error:
        print(f"沙箱没有启动：{error}", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_level="critical",  # a cut answer is wanted here, not an error to log
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    print(f"手机桌面 http://{settings.host}:{settings.port}/", flush=True)
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
