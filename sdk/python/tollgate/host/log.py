"""Lines for the run's record. Bounded in number and length."""

from tollgate.host.world import world


def debug(message: str) -> None:
    """Something for whoever writes the contract."""
    world().log("debug", message)


def info(message: str) -> None:
    """Something worth knowing."""
    world().log("info", message)


def warn(message: str) -> None:
    """Something that looks wrong."""
    world().log("warn", message)


def error(message: str) -> None:
    """Something that is wrong."""
    world().log("error", message)
