"""The text of attached files: PDF, Word and Excel, each by a well-kept library, within limits."""

from pipelines.documents.read import read_document

__all__ = ["read_document"]
