"""Financing plans: how much falls due when, what of it is interest, and what it yields. Pure arithmetic.

``build.build_plan(terms)`` makes a plan of ``PlanTerms``; ``yields.yields(plan)`` says what it yields;
``quoting.quote`` answers a JSON document.
"""
