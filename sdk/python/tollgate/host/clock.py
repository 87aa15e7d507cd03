"""The one moment of the run."""

from tollgate.host.world import world


def now() -> int:
    """Milliseconds since 1970 (UTC), the same during the whole run."""
    return world().now()
