"""Files in requests: one file of a form, or base64 in JSON, as one and the same body."""

import base64
import binascii
import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDictKeyError

from core.errors import DomainError, Kind
from integrations.dialects.base import bodies
from integrations.dialects.base.fields import Field, Refusal

FORM = "multipart/form-data"
# What a form needs beside its file: boundaries, headers, a few short fields.
_FORM_ROOM = 65_536
_MOST_FIELDS = 20


class InvalidForm(DomainError):
    kind, code = Kind.MALFORMED, "invalid_form"
    message = "The form cannot be read: {reason}."


@dataclass(frozen=True, kw_only=True)
class Base64(Field):
    """Bytes, sent as base64."""

    def decode(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise Refusal("invalid_type", "must be a text in base64")
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise Refusal("invalid_format", "must be base64") from None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "byte"}


def read_upload(request: HttpRequest, most_bytes: int) -> dict[str, Any]:
    """The body of an upload: JSON as it came, or a form spelled as that JSON would be.

    The form's `file` becomes `filename` and `content_base64`; `true` and `false` become
    flags. Raises BodyTooLarge, UnsupportedMediaType, InvalidJson, InvalidForm.
    """
    given = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if given != FORM:
        return bodies.read_object(request, most_bytes * 4 // 3 + _FORM_ROOM)
    raw = bodies.read_bytes(request, most_bytes + _FORM_ROOM)
    meta = {**request.META, "CONTENT_LENGTH": str(len(raw))}
    try:
        parser = MultiPartParser(meta, io.BytesIO(raw), [_InMemory()], "utf-8")
        fields, files = parser.parse()
    except (MultiPartParserError, MultiValueDictKeyError) as error:
        raise InvalidForm(reason=str(error).rstrip(".")[:100] or "it has no boundary") from None
    if len(fields) > _MOST_FIELDS or [*files] != ["file"] or len(files.getlist("file")) != 1:
        raise InvalidForm(reason="it needs one file, in the field 'file'")
    file: Any = files["file"]
    body: dict[str, Any] = {
        "filename": file.name or "",
        "content_base64": base64.b64encode(file.read()).decode(),
    }
    for name in fields:
        value = str(fields[name])
        if "\x00" in f"{name}{value}":
            raise InvalidForm(reason="a text holds a NUL")
        body[name] = {"true": True, "false": False}.get(value, value)
    return body


class _InMemory(FileUploadHandler):
    """Keeps the file where the request already is; its size was checked before."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []
        self.chunk_size = settings.API_MAX_BODY_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._chunks = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._chunks.append(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        return SimpleUploadedFile(
            self.file_name or "", b"".join(self._chunks), self.content_type or ""
        )
