"""The figures of leases: plans, an application that nobody touches, applications in bulk.

``python -m benchmarks.lease [--only plans,straight,bulk]``; the last two start an embedded stack each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.figures import Figure, run_parts


def plans(*, small: bool) -> list[Figure]:
    """Sixty rows with an internal rate of return."""
    from benchmarks.lease_plans import plans as run  # noqa: PLC0415 - pure computing needs no stack

    found = run(500 if small else 10_000)
    print(
        f"{found.plans:,} plans: {found.all_clock:.2f} s by the clock; one with all yields, its terms read "
        f"from JSON: {found.with_all_yields * 1_000:.2f} ms"
    )
    return [
        Figure("60-row plan with IRR", found.one * 1_000, floor=2, unit="ms"),
        Figure(f"{found.plans:,} such plans, CPU", found.all_cpu, floor=10, comparable=not small),
    ]


def straight(*, small: bool) -> list[Figure]:
    """From form to active lease by rules, one at a time."""
    from benchmarks.lease_straight import straight as run  # noqa: PLC0415 - starts a stack

    found = run(4 if small else 20)
    print(
        f"\nthe first after the stack came up: {found.first:.1f} s; "
        f"{found.at_once} at a time: p50 {found.at_once_p50:.1f} s"
    )
    return [
        Figure("straight-through application: p50", found.p50, floor=5),
        Figure("straight-through application: p95", found.p95, floor=10),
    ]


def bulk(*, small: bool) -> list[Figure]:
    """Submission to offer, against a bare workflow in the same run."""
    from benchmarks.lease_bulk import bulk as run  # noqa: PLC0415 - starts a stack

    found = run(100 if small else 1_000, each=20 if small else 100)
    print(
        f"\n{found.applications:,} applications: {found.ours:.1f}/s; bare {found.bare:.1f}/s\n"
        f"with local activities where ours are local: {found.local:.1f}/s, ours {found.local_ratio:.2f} of it"
    )
    name = f"{found.applications:,} applications in bulk over bare"
    return [Figure(name, found.ratio, 0.6, unit="x", at_least=True, comparable=not small)]


PARTS: Final[Mapping[str, Callable[..., list[Figure]]]] = {
    "plans": plans,
    "straight": straight,
    "bulk": bulk,
}


if __name__ == "__main__":
    run_parts("python -m benchmarks.lease", PARTS)
