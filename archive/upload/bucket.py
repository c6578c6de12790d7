"""Objects below an address in S3, by s3fs: written once, read back, replaced only as long as nobody else did.

Credentials and the endpoint come from where botocore looks for them (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`,
`AWS_ENDPOINT_URL`, …), and are told to nobody: what botocore logs for debugging has signatures and tokens in it.
"""

import hashlib
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from archive.errors import UploadError
from archive.warc.records import sha256

if TYPE_CHECKING:
    from s3fs import S3FileSystem

_ADDRESS: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[^/?#@]+)*)/?")
_PART: Final = 16 << 20
"""Bytes of a part of a large object; two are under way at once."""
_BLOCK: Final = 8 << 20
_LOUD: Final = ("botocore", "aiobotocore", "s3fs", "fsspec")

_ELSE: Final = "holds something else than the archive has"

Content = bytes | Path
"""What an object is to hold: bytes, or those of a file."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the store is to refuse to delete an object (S3 Object Lock; the bucket must have it on)."""

    days: int
    mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE"


class Bucket:
    """The objects below `s3://bucket/prefix`. Raises UploadError, in one line, for whatever goes wrong."""

    def __init__(self, address: str, *, retention: Retention | None = None) -> None:
        """Opens no connection yet; raises UploadError for another kind of address, and without the extra."""
        if find_spec("s3fs") is None:
            raise UploadError("upload: needs more packages; install lantian with them: pip install '.[s3]'")
        self._bucket, path = parse_bucket(address)
        self.address = f"s3://{self._bucket}{path}"
        self._retention = retention
        self._files = _connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        session = getattr(self._files, "_s3", None)
        if session is not None:
            self._files.close_session(self._files.loop, session)

    def put_once(self, name: str, content: Content, *, digest: str) -> bool:
        """Write an object that nobody has written, and read it back; false where it is there already and the same.

        `digest` is that of the content. What stands there and is something else is left alone: raises UploadConflict.
        """
        try:
            self._write(name, content, digest, mode="create")
            is_new = True
        except FileExistsError:
            is_new = False
        self._require(name, digest, "what was written is read back otherwise" if is_new else _ELSE)
        return is_new

    def put_instead(self, name: str, path: Path, *, digest: str, of: Collection[str]) -> None:
        """Write an object over one that has one of these digests, and read it back; raises UploadConflict for another."""
        with self._one_line(name):
            tag = self._files.info(self._path(name), refresh=True)["ETag"]
        if (found := self.digest_of(name)) not in of:
            raise self._conflict(name, _ELSE, found, digest)
        self._write(name, path, digest, IfMatch=tag)
        self._require(name, digest, "what was written is read back otherwise")

    def delete_versions(self, name: str, *, of: Collection[str]) -> int:
        """Delete each version of an object that was uploaded with one of these digests; give how many.

        Of a bucket without versions that is the object, unless it has another digest.
        """
        key, number = self._path(name).partition("/")[2], 0
        with self._one_line(name):
            listed = self._files.call_s3("list_object_versions", Bucket=self._bucket, Prefix=key)
            for one in listed.get("Versions", ()):
                version = {"Bucket": self._bucket, "Key": key, "VersionId": one["VersionId"]}
                if one["Key"] == key and self._digest_stated(version) in of:
                    self._files.call_s3("delete_object", **version)
                    number += 1
        return number

    def _digest_stated(self, version: Mapping[str, str]) -> str:
        """What the metadata of a version say, which is what was read back when it was uploaded."""
        return f"sha256:{self._files.call_s3('head_object', **version)['Metadata'].get('sha256')}"

    def _write(self, name: str, content: Content, digest: str, **condition: str) -> None:
        """Raises FileExistsError where the condition is that there is nothing."""
        options = {"Metadata": {"sha256": digest.removeprefix("sha256:")}, **self._locked_until(), **condition}
        with self._one_line(name):
            if isinstance(content, Path):
                self._files.put_file(str(content), self._path(name), chunksize=_PART, max_concurrency=2, **options)
            else:
                self._files.pipe_file(self._path(name), content, **options)

    def _require(self, name: str, digest: str, what: str) -> None:
        if (found := self.digest_of(name)) != digest:
            raise self._conflict(name, what, found, digest)

    def _conflict(self, name: str, what: str, found: str | None, digest: str) -> "UploadConflict":
        return UploadConflict(
            f"{self.where(name)}: {what} ({found}, here {digest}); nothing is overwritten, see what it is or upload to "
            "another place"
        )

    def digest_of(self, name: str) -> str | None:
        """The digest of an object, all of which is read; None where there is none."""
        digest = hashlib.sha256()
        with self._one_line(name):
            try:
                with self._files.open(self._path(name), "rb", block_size=_BLOCK) as file:
                    while piece := file.read(_BLOCK):
                        digest.update(piece)
            except FileNotFoundError:
                return None
        return f"sha256:{digest.hexdigest()}"

    def read(self, name: str) -> tuple[bytes, str] | None:
        """The bytes of a small object and the tag by which it can be replaced; None where there is none."""
        with self._one_line(name):
            try:
                tag = self._files.info(self._path(name), refresh=True)["ETag"]
                return self._files.cat_file(self._path(name)), tag
            except FileNotFoundError:
                return None

    def replace(self, name: str, data: bytes, *, tag: str | None) -> None:
        """Write a small object in the place of the one that has this tag, or where none is; and read it back."""
        options = {"mode": "create"} if tag is None else {"IfMatch": tag}
        with self._one_line(name):
            self._files.pipe_file(self._path(name), data, Metadata={"sha256": sha256(data)[7:]}, **options)
        if self.digest_of(name) != sha256(data):
            raise UploadError(f"{self.where(name)}: was changed by another meanwhile; upload again")

    def drop_unfinished(self, prefix: str) -> None:
        """Have the store forget the parts of objects below a prefix that were never completed; they cost money."""
        with self._one_line(prefix):
            whole = self._path(prefix).partition("/")[2]
            listed = self._files.call_s3("list_multipart_uploads", Bucket=self._bucket, Prefix=whole)
            for one in listed.get("Uploads", ()):
                self._files.call_s3(
                    "abort_multipart_upload", Bucket=self._bucket, Key=one["Key"], UploadId=one["UploadId"]
                )

    def where(self, name: str) -> str:
        """An object as people call it."""
        return f"{self.address}/{name}"

    def _path(self, name: str) -> str:
        return f"{self.address.removeprefix('s3://')}/{name}"

    def _locked_until(self) -> dict[str, Any]:
        if self._retention is None:
            return {}
        until = datetime.now(UTC) + timedelta(days=self._retention.days)
        return {"ObjectLockMode": self._retention.mode, "ObjectLockRetainUntilDate": until}

    @contextmanager
    def _one_line(self, name: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (of the extra)

        try:
            yield
        except FileExistsError:
            raise
        except (OSError, BotoCoreError, ClientError) as error:
            reason = str(error).strip().split("\n", 1)[0] or type(error).__name__
            raise UploadError(
                f"{self.where(name)}: {reason}; nothing is lost here, what is missing there is uploaded next time"
            ) from error


class UploadConflict(UploadError):  # noqa: N818 (the name says it)
    """An object is something else than the archive has; the others can be uploaded."""


def _connect() -> "S3FileSystem":
    from s3fs import S3FileSystem  # noqa: PLC0415 (of the extra)

    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    return S3FileSystem(skip_instance_cache=True, use_listings_cache=False)


def parse_bucket(address: str) -> tuple[str, str]:
    """The bucket, and the path of the prefix in it; raises UploadError for another kind of address."""
    if found := _ADDRESS.fullmatch(address):
        return found[1], found[2]
    raise UploadError(f"{_without_secrets(address)}: not an address to upload to; write s3://bucket/prefix")


def _without_secrets(address: str) -> str:
    """What stands before an @ may be a password."""
    return re.sub(r"//[^/]*@", "//***@", address.split("?", 1)[0])
