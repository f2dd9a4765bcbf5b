"""Like `entrypoint.py`. The provider of credentials has nothing to do here."""

import runpy
import sys
from pathlib import Path

sys.argv = [it for it in sys.argv if not it.startswith("--flyte-credential-provider=")]
runpy.run_path(str(Path(__file__).with_name("entrypoint.py")), run_name="__main__")
