"""Makes the contract and the SDK importable, so that `python -m unittest` just works."""

import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(_ROOT / "src"), str(_ROOT / "vendor/tollgate/sdk/python")]
