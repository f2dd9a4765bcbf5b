"""A certificate authority for one test, and the certificates of a server and a client, signed by it."""

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
    """Writes `ca.pem` into the folder, and `server.pem` and `client.pem`, each with its key."""

    def __init__(self, folder):
        authority_key, key, client_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        authority = sign("test authority", authority_key, "test authority", authority_key, authority_extensions())
        certificate = sign("localhost", key, "test authority", authority_key, server_extensions())
        client = sign("test client", client_key, "test authority", authority_key, client_extensions())
        self.key = as_pem(key)
        self.chain = certificate.public_bytes(PEM)
        (folder / "ca.pem").write_bytes(authority.public_bytes(PEM))
        self.path = folder / "server.pem"
        self.path.write_bytes(self.chain + self.key)
        (folder / "client.pem").write_bytes(client.public_bytes(PEM) + as_pem(client_key))

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


def as_pem(key):
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


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


def client_extensions():
    yield x509.BasicConstraints(ca=False, path_length=None), True
    yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False
