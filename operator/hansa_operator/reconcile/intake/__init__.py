"""What providers' agents send, checked against the ledger and kept in it; the port `Intake` for the gateway."""

from hansa_operator.reconcile.intake.hub import HubIdentity
from hansa_operator.reconcile.intake.keys import ReceiptKeys
from hansa_operator.reconcile.intake.serving import LedgerIntake

__all__ = ["HubIdentity", "LedgerIntake", "ReceiptKeys"]
