"""What `componentize-py` makes a component of.

Importing the author's module `contract` is what registers the contract. Everything that
is imported here or there is in the component's memory from its first moment on. What guards
the sandbox comes before, because a module keeps what it imports by name.
"""

from __future__ import annotations

from wit_world import exports
from wit_world.imports import types as wit

from tollgate import registration
from tollgate.component import boundary, last_words, sandbox
from tollgate.component.configured import configure, configured
from tollgate.component.refusing import refusing
from tollgate.component.world import Imported
from tollgate.host.world import enter

sandbox.guard()
import contract  # noqa: F401

__all__ = ["Judge"]


class Judge:
    """The exported interface. `componentize-py` looks for it by this name, and makes one
    for each of its functions: what they share cannot be kept in `self`."""

    @refusing
    def configure(self, config: str) -> None:
        sandbox.close()
        configure(_contract, config)
        sandbox.settle()

    @refusing
    def judge(self, subject: wit.Subject) -> wit.Report:
        read = boundary.subject_of(subject)
        return boundary.wit_report(configured().judge(read), boundary.offsets_of(read), "judge")


_contract = registration.registered()
# The world that the build writes exports what the manifest says.
_contract.check_stream(declared=hasattr(exports, "JudgeStream"))
if _contract.streams:
    from tollgate.component.stream import JudgeStream

    __all__ += ["JudgeStream"]
last_words.remember_sources()
sandbox.prepare()
enter(Imported())
