"""SDK for Tollgate contracts in Python.

A contract consists of a configuration (a dataclass), a function or class that judges, and the
decorator `contract`. Everything here is plain Python: it is tested without WebAssembly, and
`tollgate build` makes the component.
"""

from tollgate.pointer import ROOT, Pointer
from tollgate.refusal import BadConfig, Broken, NotApplicable, Refusal
from tollgate.registration import contract
from tollgate.report import Finding, Outcome, Report, Severity, Span
from tollgate.session import Progress, Session
from tollgate.subject import Action, Content, Json, Prompt, Subject, Text

__all__ = [
    "ROOT",
    "Action",
    "BadConfig",
    "Broken",
    "Content",
    "Finding",
    "Json",
    "NotApplicable",
    "Outcome",
    "Pointer",
    "Progress",
    "Prompt",
    "Refusal",
    "Report",
    "Session",
    "Severity",
    "Span",
    "Subject",
    "Text",
    "contract",
]
