"""Messages on the wire: the same bytes as the SDK's, validators made once for the process."""

from __future__ import annotations

from typing import Any

from pydantic_core import CoreSchema, core_schema
from temporalio.contrib.pydantic import pydantic_data_converter

from models.lease.application.messages import OpenApplication
from models.people import Actor, Role
from tests.factories.leases import LeaseFactory
from workers.payloads import SharedPayloadConverter
from workers.registry import quick_workflow_runner, workflow_runner


class _Counted:
    """Counts how often a validator of it is made."""

    made = 0

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        del source, handler
        cls.made += 1
        return core_schema.int_schema()


def test_converters_of_many_workflows_make_one_validator_of_a_type() -> None:
    for _ in range(3):
        converter = SharedPayloadConverter()
        (payload,) = converter.to_payloads([7])
        assert converter.from_payloads([payload], [_Counted]) == [7]

    assert _Counted.made == 1


def test_payloads_are_those_of_the_sdk() -> None:
    opening = OpenApplication(LeaseFactory(5).form(), Actor("li.wei", (Role.OFFICER,)))
    ours, theirs = SharedPayloadConverter(), pydantic_data_converter.payload_converter

    payloads = ours.to_payloads([opening, None, b"bytes"])

    assert payloads == theirs.to_payloads([opening, None, b"bytes"])
    assert ours.from_payloads(payloads[:1], [OpenApplication]) == [opening]


def test_workers_do_not_load_workflow_code_anew_but_tests_do() -> None:
    assert "workflows" in quick_workflow_runner().restrictions.passthrough_modules
    assert not any(
        name.startswith("workflows") for name in workflow_runner().restrictions.passthrough_modules
    )
