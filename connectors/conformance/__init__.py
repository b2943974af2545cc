"""What every StoreBackend does: checks for our tests, and for anybody's connector by `storebot connector check`.

A check that changes records runs only where the subject names a call that may be made. The records are looked at
through the port alone.
"""

from connectors.conformance.cases import CASES, read_cases
from connectors.conformance.examination import CHECKS, Finding, Verdict, examine
from connectors.conformance.subject import Broken, Call, Check, Subject

__all__ = ["CASES", "CHECKS", "Broken", "Call", "Check", "Finding", "Subject", "Verdict", "examine", "read_cases"]
