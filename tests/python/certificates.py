"""Writes certificates for TLS on this machine: certificates.py FOLDER (see `flyte/tls.py`)"""

import sys
from pathlib import Path

from flyte.tls import Certificates

Certificates(Path(sys.argv[1]))
