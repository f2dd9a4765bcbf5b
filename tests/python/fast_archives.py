"""Archives of code: flytekit's, and malicious ones.

    fast_archives.py pack FOLDER TO       the archive of `pyflyte register --copy all`; prints its path
    fast_archives.py evil MEMBER FILE     an archive FILE whose second member has this path
"""

import io
import sys
import tarfile

from flytekit.constants import CopyFileDetection
from flytekit.tools.fast_registration import FastPackageOptions, fast_package


def pack(folder, to):
    options = FastPackageOptions([], copy_style=CopyFileDetection.ALL)
    print(fast_package(folder, to, options=options))


def evil(member, file):
    with tarfile.open(file, "w:gz") as tar:
        for name in ("flytekit-app", member):
            info = tarfile.TarInfo(name)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"..."))


if __name__ == "__main__":
    {"pack": pack, "evil": evil}[sys.argv[1]](*sys.argv[2:])
