"""Operations on objects, in flytekit: objects.py put|get|put-folder|get-folder FROM TO, or
objects.py metadata URI, which prints the object's metadata, or objects.py unfinished BUCKET, which
prints the keys of unfinished uploads in parts."""

import json
import sys

from flytekit.core.context_manager import FlyteContextManager


def main():
    what, *where = sys.argv[1:]
    access = FlyteContextManager.current_context().file_access
    many = what.endswith("-folder")
    if what.startswith("put"):
        access.put_data(*where, is_multipart=many)
    elif what.startswith("get"):
        access.get_data(*where, is_multipart=many)
    elif what == "unfinished":
        listed = access.get_filesystem("s3").call_s3("list_multipart_uploads", Bucket=where[0])
        print(json.dumps([upload["Key"] for upload in listed.get("Uploads", [])]))
    else:
        print(json.dumps(access.get_filesystem("s3").metadata(*where)))


main()
