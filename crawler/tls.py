"""TLS as evidence: every connection is verified as a browser would, and the verdict recorded instead of enforced.

Local offices run expired, self-signed and misnamed certificates. Their pages are archived all the same, with the
chain that was shown and `verified` false, so that nobody takes them for more than they are.
"""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.ssl import CertificateOptions, TLSVersion, platformTrust
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from pipelines.records import Tls

_SSL_OP_LEGACY_SERVER_CONNECT = 0x4

# What verification found, by connection: false as soon as one certificate of the chain, or the name, does not hold.
_VERDICTS: "WeakKeyDictionary[SSL.Connection, bool]" = WeakKeyDictionary()


def describe_tls(connection: SSL.Connection) -> Tls:
    """Read version, cipher, shown certificates (DER, the server's own first) and the verdict off a connection."""
    shown = connection.get_peer_cert_chain(as_cryptography=True) or []
    return Tls(
        version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name() or "",
        chain=tuple(certificate.public_bytes(Encoding.DER) for certificate in shown),
        verified=_VERDICTS.get(connection),
    )


@implementer(IPolicyForHTTPS)
class RecordingPolicy:
    """Makes TLS clients that verify and go on; hosts that cannot speak modern TLS are spoken to in an old way.

    An old-fashioned handshake is tried only after a modern one failed (`fall_back`), because some modern servers
    hang on it.
    """

    def __init__(self) -> None:
        trusted = platformTrust()  # type: ignore[no-untyped-call]
        self._modern = CertificateOptions(trustRoot=trusted)
        self._legacy = _LegacyOptions(trustRoot=trusted, insecurelyLowerMinimumTo=TLSVersion.TLSv1_0)
        self._old_fashioned: set[str] = set()

    def creatorForNetloc(self, hostname: bytes, port: int) -> "_RecordingOptions":  # noqa: ARG002, N802 (Twisted's name)
        """Give what sets up a connection to the host."""
        host = hostname.decode("ascii")
        options = self._legacy if host in self._old_fashioned else self._modern
        return _RecordingOptions(options._makeTLSConnection, host)  # noqa: SLF001

    def fall_back(self, host: str) -> None:
        """Speak to this host in the old way from now on: a modern handshake failed."""
        self._old_fashioned.add(host)


class _LegacyOptions(CertificateOptions):
    """TLS 1.0, short keys and unsafe renegotiation: what the oldest offices' servers still need."""

    def _makeContext(self, skipCiphers: bool = False) -> SSL.Context:  # noqa: FBT001, FBT002, N802, N803
        context = super()._makeContext(skipCiphers)
        context.set_options(_SSL_OP_LEGACY_SERVER_CONNECT)
        context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        return context


class _RecordingOptions(ClientTLSOptions):
    """Sets up one connection whose verification is recorded."""

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803
        connection = super().clientConnectionForTLS(tlsProtocol)
        name = self._hostnameASCII
        wanted = DNS_ID(name) if self._hostnameIsDnsName else IPAddress_ID(name)
        connection.set_verify(SSL.VERIFY_PEER, _record_verdict(wanted))
        return connection


def _record_verdict(wanted: ServiceID) -> Callable[[SSL.Connection, X509, int, int, int], bool]:
    def callback(connection: SSL.Connection, certificate: X509, _error: int, depth: int, ok: int) -> bool:
        holds = bool(ok) and (depth != 0 or _is_named(certificate, wanted))
        _VERDICTS[connection] = _VERDICTS.get(connection, True) and holds
        return True

    return callback


def _is_named(certificate: X509, wanted: ServiceID) -> bool:
    try:
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except (VerificationError, CertificateError, ValueError):
        return False
    return True
