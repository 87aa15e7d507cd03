"""The configured contract of this component."""

from __future__ import annotations

from tollgate import registration
from tollgate.refusal import Broken

_configured: registration.Configured | None = None


def configure(contract: registration.Contract, config: str) -> None:
    """Configures the contract. A sandbox has one configuration for as long as it lives."""
    global _configured
    _configured = contract.configure(config)


def configured() -> registration.Configured:
    """Returns the configured contract."""
    if _configured is None:
        raise Broken("judged before it was configured")
    return _configured
