"""flytekit's own checkpoints: `checkpoint.py write|save|read|restore FOLDER [TEXT]`."""

import pathlib
import sys
import tempfile

from flytekit.core.checkpointer import SyncCheckpoint

verb, folder, *text = sys.argv[1:]
if verb == "write":
    SyncCheckpoint(checkpoint_dest=folder).write(text[0].encode())
elif verb == "save":
    with tempfile.TemporaryDirectory() as source:
        for word in text:
            below = pathlib.Path(source, word)
            below.mkdir()
            (below / "weights").write_text(word)
        SyncCheckpoint(checkpoint_dest=folder).save(source)
elif verb == "read":
    read = SyncCheckpoint(checkpoint_dest=folder + "-unused", checkpoint_src=folder).read()
    print(read.decode())
elif verb == "restore":
    with tempfile.TemporaryDirectory() as to:
        restored = pathlib.Path(SyncCheckpoint(folder + "-unused", folder).restore(to))
        for path in sorted(path for path in restored.rglob("*") if path.is_file()):
            print(f"{path.relative_to(restored)}: {path.read_text()}")
