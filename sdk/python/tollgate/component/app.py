"""Entry point of the component that `componentize-py` builds.

Importing the author's module `contract` registers the contract. Everything that is imported
here or there is in the initial memory of the component. The sandbox is guarded before that,
because a module may keep a function under another name (`from time import time`).
"""

from __future__ import annotations

from wit_world import exports
from wit_world.imports import types as wit

from tollgate import registration
from tollgate.component import boundary, last_words, printed, sandbox
from tollgate.component.configured import configure, configured
from tollgate.component.refusing import refusing
from tollgate.component.world import Imported, granted_log
from tollgate.host.world import enter

sandbox.guard()
import contract  # noqa: F401

__all__ = ["Judge"]


class Judge:
    """The exported interface. `componentize-py` finds it by this name and makes a new instance
    for each call, so shared state cannot be kept in `self`."""

    @refusing
    def configure(self, config: str) -> None:
        sandbox.close()
        configure(_contract, config)
        sandbox.settle()

    @refusing
    def judge(self, subject: wit.Subject) -> wit.Report:
        printed.begin(granted_log())
        try:
            converted = boundary.subject_of(subject)
            report = configured().judge(converted)
            return boundary.wit_report(report, boundary.offsets_of(converted), "judge")
        finally:
            printed.end()


_contract = registration.registered()
# The build generates a world with the exports that the manifest declares.
_contract.check_stream(declared=hasattr(exports, "JudgeStream"))
if _contract.streams:
    from tollgate.component.stream import JudgeStream

    __all__ += ["JudgeStream"]
last_words.remember_sources()
sandbox.prepare()
enter(Imported())
