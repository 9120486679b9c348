"""The people of an empty house come with it, and never into a house that has its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from activities.store import people
from activities.store.database import Database
from workers.directory import DEMO_STAFF
from workers.setup import enter_demo_staff

pytestmark = pytest.mark.stack

ALL = {member.username for member in DEMO_STAFF}


def test_an_empty_house_gets_them_and_one_of_an_earlier_version_the_new_ones(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF[:3])
        enter_demo_staff(session)
        assert {member.username for member in people.staff(session)} == ALL


def test_a_house_with_people_of_its_own_keeps_its_directory(fresh_database: Database) -> None:
    own = replace(DEMO_STAFF[0], username="somebody.else")
    with fresh_database.transaction() as session:
        people.enter_staff(session, [own])
        enter_demo_staff(session)
        assert people.staff(session) == [own]
