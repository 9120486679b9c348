"""How messages become payloads and back: pydantic, with its validators kept for the life of the process.

The SDK makes a payload converter for each workflow, and each converter of pydantic's kind builds the
validators of every message type anew: measured, a quarter of the CPU time of a worker that decides lease
applications. Payloads are the same as those of ``temporalio.contrib.pydantic``.
"""

from __future__ import annotations

from typing import Final

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)

_JSON: Final = PydanticJSONPlainPayloadConverter()
"""Keeps the validators of the 1,024 types used last; those of workflow modules that a sandbox loaded anew
fall out again."""


class SharedPayloadConverter(CompositePayloadConverter):
    """Pydantic's converter for JSON, Temporal's own for everything else."""

    def __init__(self) -> None:
        converters = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(
            *(_JSON if isinstance(each, JSONPlainPayloadConverter) else each for each in converters)
        )


data_converter: Final = DataConverter(payload_converter_class=SharedPayloadConverter)
