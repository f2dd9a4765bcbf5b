"""A server with S3's protocol: prints its address, and the key of its only user.

It has a bucket `bucket` with an object `public`, which everybody may read. With the argument `any` it
accepts any user's key.
"""

import os
import sys
import threading

if sys.argv[1:] != ["any"]:
    # The calls below need no key; later calls do.
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "5"
os.environ.update(AWS_ACCESS_KEY_ID="setup", AWS_SECRET_ACCESS_KEY="setup", AWS_DEFAULT_REGION="us-east-1")

import boto3
from moto.server import ThreadedMotoServer

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    s3 = boto3.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="public", Body=b"for all", ACL="public-read")
    iam = boto3.client("iam", endpoint_url=endpoint)
    iam.create_user(UserName="user")
    iam.put_user_policy(UserName="user", PolicyName="all", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName="user")["AccessKey"]
    print("endpoint", endpoint, flush=True)
    print("key", key["AccessKeyId"], flush=True)
    print("secret", key["SecretAccessKey"], flush=True)
    print("ready", flush=True)
    threading.Event().wait()


main()
