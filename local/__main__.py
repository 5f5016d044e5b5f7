"""`python -m local`: the same as `python main.py run`, without reading the whole house in first."""

import sys

import settings as environment
from local.outside import with_departments
from local.run import run
from settings import SettingError

if __name__ == "__main__":
    try:
        sys.exit(run(with_departments(environment.here())))
    except SettingError as error:
        sys.exit(str(error))
