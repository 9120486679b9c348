"""What the database knows of documents: which papers are there."""

from __future__ import annotations

from temporalio import activity

from activities.lease.application.products import product_of
from activities.store.database import Database
from activities.store.lease import applications
from activities.store.lease.documents import readings_of
from models.lease.application.messages import ApplicationStep, Completeness
from models.lease.documents.completeness import completeness
from models.money import Money
from workflows.lease.document_steps import DocumentBooks


class PostgresDocumentBooks(DocumentBooks):
    """Completeness from rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="lease.check_completeness")
    def check_completeness(self, step: ApplicationStep) -> Completeness:
        with self._database.transaction() as session:
            row = applications.application(session, step.application_id)
            product = product_of(session, row.product, step.at)
            form = applications.form_of(session, step.application_id)
            readings = readings_of(session, step.application_id)
        financed = Money(row.financed_minor, row.currency).amount
        return completeness(product, form, financed, readings)
