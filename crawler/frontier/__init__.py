"""The frontier: what is still to be fetched, kept in the archive directory so that no kill loses or doubles a page.

A page is done in one transaction with the pages that it named, after its capture was acknowledged by the archive. So
whatever moment a process dies at, each page is pending, in flight or done; what was in flight and is archived already
is read from there.
"""

from crawler.frontier.frontier import NOTHING, TRAPPED, Frontier
from crawler.frontier.rounds import Round
from crawler.frontier.runs import NotDue, Slot
from crawler.frontier.target import Claim, Errand, Finding, Role, Target

__all__ = ["NOTHING", "TRAPPED", "Claim", "Errand", "Finding", "Frontier", "NotDue", "Role", "Round", "Slot", "Target"]
