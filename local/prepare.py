"""`python -m local.prepare`: migrate, then load the county if it changed. One light program, for a quick start."""

import asyncio
import sys

import settings as environment
from local import county, keyfile
from local.process import LocalError
from local.show import Show
from models import base, schema, seal
from settings import SettingError, Settings


async def prepare(settings: Settings) -> int:
    """Bring the database at `settings.database_url` up to date. The exit status."""
    url = settings.database_url or ""
    seal.use(seal.keyring(keyfile.ensure(settings)))
    await schema.migrate(url, lambda name: Show().say(f"  {name}"))
    await base.connect(url, pool=2, name="yimen-prepare")
    try:
        return await county.load(settings, settings.county, if_changed=True)
    finally:
        await base.disconnect()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(prepare(environment.here())))
    except (SettingError, LocalError) as error:
        sys.exit(str(error))
