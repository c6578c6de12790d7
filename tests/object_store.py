"""A real S3 over loopback, made of a pip package; what is asked of it can be seen, and stopped at any request."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class ObjectStore:
    """`asked` logs methods and paths; `before` and `after` are told of each request by its number."""

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    before: Callable[[int], None] = lambda _: None
    after: Callable[[int], None] = lambda _: None
    buckets: Iterator[int] = field(default_factory=count)

    @property
    def environment(self) -> dict[str, str]:
        """What a client finds it by."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @cached_property
    def client(self) -> Any:
        names = self.environment
        return boto3.client(
            "s3",
            endpoint_url=names["AWS_ENDPOINT_URL"],
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def make_bucket(self, *, has_lock: bool = False) -> str:
        """An empty bucket that keeps every version."""
        name = f"evidence{next(self.buckets)}"
        self.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=has_lock)
        if not has_lock:
            self.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def versions(self, bucket: str) -> dict[str, int]:
        """How often each object was written."""
        found: dict[str, int] = {}
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", ()):
                found[one["Key"]] = found.get(one["Key"], 0) + 1
        return found

    def copy_to(self, bucket: str, prefix: str, folder: Path) -> Path:
        """A plain copy of what lies below a prefix, as any tool makes it."""
        client = self.client
        for key in self.versions(bucket):
            if key.startswith(prefix):
                path = folder / key.removeprefix(prefix).lstrip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                client.download_file(bucket, key, str(path))
        return folder

    def puts(self) -> list[str]:
        return [path for method, path in self.asked if method in {"PUT", "POST"}]


@contextmanager
def run_object_store() -> Iterator[ObjectStore]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = ObjectStore()
    inner = DomainDispatcherApplication(create_backend_app)

    def application(environ: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        number = len(store.asked)
        store.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        store.before(number)
        answer = list(inner(environ, begin))
        store.after(number)
        return answer

    server = make_server("127.0.0.1", 0, application, threaded=True)
    store.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
