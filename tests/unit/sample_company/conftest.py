"""The sample company's package lies in the project's root."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def extract():
    from sample_company.extract import read

    return read()


@pytest.fixture(scope="session")
def plan(extract):
    from sample_company.plan import make_plan

    return make_plan(extract)
