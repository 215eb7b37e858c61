"""Actors on a copy of the database with all addons."""

import pytest

from devkit.testing import actors, bases


@pytest.fixture(scope="module")
def database(environment, new_database, request):
    """A database of the module's own, named as the module is."""
    bases.ensure_addons(environment)
    return new_database(bases.ADDONS, request.module.__name__.rpartition(".")[2])


@pytest.fixture
def stage(environment, database, tmp_path):
    return actors.Stage(environment, database, tmp_path)
