"""When something is due: from plain words to moments. Knows no Django."""

from cases.when.closed import read_closed
from cases.when.draft import NotUnderstood
from cases.when.rule import Rule
from cases.when.said import said
from cases.when.words import EXAMPLES, read_rule, read_times

__all__ = ["EXAMPLES", "NotUnderstood", "Rule", "read_closed", "read_rule", "read_times", "said"]
