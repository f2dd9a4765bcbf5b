"""A certificate authority for one test, and the server's certificate, signed by it."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = serialization.Encoding.PEM
DAY = datetime.timedelta(days=1)


class Certificates:
    """Written into the folder: `ca.pem` for clients, and the server's `server.pem` with its key."""

    def __init__(self, folder):
        authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority = sign("test authority", authority_key, "test authority", authority_key, authority_extensions())
        certificate = sign("localhost", key, "test authority", authority_key, server_extensions())
        self.key = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.chain = certificate.public_bytes(PEM)
        (folder / "ca.pem").write_bytes(authority.public_bytes(PEM))
        self.path = folder / "server.pem"
        self.path.write_bytes(self.chain + self.key)

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


def sign(name, key, issuer, issuer_key, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(
        named(issuer), named(name), key.public_key(), x509.random_serial_number(), now - DAY, now + DAY
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def authority_extensions():
    yield x509.BasicConstraints(ca=True, path_length=0), True
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    usage = dict.fromkeys((*names, "encipher_only", "decipher_only"), False)
    yield x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), True


def server_extensions():
    yield x509.BasicConstraints(ca=False, path_length=None), True
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    yield x509.SubjectAlternativeName(hosts), False
    yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False
