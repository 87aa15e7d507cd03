"""What a contract may ask of its host. Each module is a capability: the manifest has to
declare it with a reason, which makes the component import it, and the operator has to
grant it. None answers while the contract is configured.
"""

from tollgate.host import clock, log, lookup, prompt_text

__all__ = ["clock", "log", "lookup", "prompt_text"]
