"""Capabilities of the host, one module each. The manifest has to declare a capability with a
reason, which makes the component import it, and the operator has to grant it. None can be
called while the contract is configured.
"""

from tollgate.host import clock, log, lookup, prompt_text

__all__ = ["clock", "log", "lookup", "prompt_text"]
