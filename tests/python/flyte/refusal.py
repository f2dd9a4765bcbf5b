"""Refusals of calls."""

import re

import grpc
from google.protobuf import text_format


class Refused(Exception):
    """A call ends with this status."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def invalid(message):
    return Refused(grpc.StatusCode.INVALID_ARGUMENT, message)


def missing(field):
    return invalid(f"missing {field}")


def require(value, field):
    if not value:
        raise missing(field)


def not_found(kind, identifier):
    return Refused(grpc.StatusCode.NOT_FOUND, f"missing entity of type {kind} with identifier {one_line(identifier)}")


def one_line(message):
    """A message in the one-line form of admin, which is written in Go."""
    text = text_format.MessageToString(message, as_one_line=True)
    return re.sub(r"(\w): ", r"\1:", text).replace(" { ", ":{").replace(" }", "}")
