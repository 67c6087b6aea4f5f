"""Swagger UI's own files, and only those that a page loads: the package holds 35 MB."""

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

PREFIX = "swagger"
FILES = ("swagger-ui-bundle.js", "swagger-ui.css")
_MAP = re.compile(rb"^(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)


class SwaggerStorage(FileSystemStorage):
    """Leaves out the pointers to source maps, which are twice as large as the files."""

    prefix = PREFIX

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile(_MAP.sub(b"", Path(self.path(name)).read_bytes()), name=name)


class SwaggerFinder(BaseFinder):
    """Finds `swagger/swagger-ui.css` and `swagger/swagger-ui-bundle.js`."""

    def __init__(self, app_names: object = None, *args: Any, **kwargs: Any) -> None:
        spec = find_spec("drf_spectacular_sidecar")
        origin = Path(spec.origin if spec and spec.origin else "")
        folder = origin.parent / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"
        self.storage = SwaggerStorage(location=str(folder))
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        folder, _, name = path.partition("/")
        found = self.storage.path(name) if folder == PREFIX and name in FILES else ""
        if find_all:
            return [found] if found else []
        return found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        for name in FILES:
            yield name, self.storage
