"""The time of the run."""

from tollgate.host.world import world


def now() -> int:
    """Returns milliseconds since 1970 (UTC), the same during the whole run."""
    return world().now()
