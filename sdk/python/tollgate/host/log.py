"""Writes lines into the record of the run. Their number and length are bounded."""

from tollgate.host.world import world


def debug(message: str) -> None:
    """Writes a line for the author of the contract."""
    world().log("debug", message)


def info(message: str) -> None:
    """Writes a line of information."""
    world().log("info", message)


def warn(message: str) -> None:
    """Writes a warning."""
    world().log("warn", message)


def error(message: str) -> None:
    """Writes an error."""
    world().log("error", message)
