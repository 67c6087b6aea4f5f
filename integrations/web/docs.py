"""Pages and documents for integrators: public, the same for everybody, without anybody's data."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.scopes import SCOPES
from integrations.dialects.registry import DIALECTS
from integrations.docs import documents, postman, reference
from integrations.docs.errors import catalogue
from integrations.docs.markdown import changelog as read_changelog
from integrations.docs.markdown import guides, inline

_MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
_CACHED = "public, max-age=300, must-revalidate"


@require_safe
def openapi(request: HttpRequest, format: str, dialect: str = "enterprise") -> HttpResponse:
    """The OpenAPI document of a dialect, built once in this process."""
    if dialect not in documents.MANUALS or format not in _MEDIA_TYPES:
        raise Http404
    return _document(request, documents.rendered(dialect, format), _MEDIA_TYPES[format])


@require_safe
def collection(request: HttpRequest) -> HttpResponse:
    """The Postman collection of /v1."""
    response = _document(request, postman.rendered(), "application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="invoiceapp.postman.json"'
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may look at: the documentation and nothing else."""
    lines = ["User-agent: *", "Allow: /docs", "Allow: /openapi.", "Disallow: /", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _page(request, "index", scopes=SCOPES, base_url=settings.BASE_URL)


@require_safe
def chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """The operations of one noun, with fields, examples, errors and scopes."""
    found = reference.chapters().get(slug)
    if found is None:
        raise Http404
    return _page(request, "chapter", chapter=found, current=slug)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    return _page(request, "events", events=reference.events(), current="webhook-events")


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = guides().get(slug)
    if found is None:
        raise Http404
    return _page(request, "guide", guide=found, current=f"guide:{slug}")


@require_safe
def changelog(request: HttpRequest) -> HttpResponse:
    return _page(request, "guide", guide=read_changelog(), current="changelog")


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """Every code, by what it answers with."""
    statuses = documents.MANUALS["enterprise"].dialect.statuses
    groups: dict[int, list[Any]] = {}
    for text in catalogue().values():
        groups.setdefault(statuses[text.kinds[0]], []).append(text)
    listed = [(status, sorted(groups[status], key=_code)) for status in sorted(groups)]
    return _page(request, "errors", groups=listed, current="errors-index")


@require_safe
def error(request: HttpRequest, code: str) -> HttpResponse:
    """Where `doc_url` leads: what one code means and what to do about it."""
    text = catalogue().get(code)
    if text is None:
        response = _page(request, "no_such_error", code=code[:64], current="errors-index")
        response.status_code = 404
        return response
    manual = documents.MANUALS["enterprise"]
    examples = [
        (manual.dialect.statuses[kind], reference.example_of(manual, kind, code))
        for kind in text.kinds
    ]
    return _page(
        request,
        "error",
        text=text,
        cause=inline(text.cause),
        remedy=inline(text.remedy),
        examples=examples,
        places=reference.operations_with(code),
        current="errors-index",
    )


@require_safe
def swagger(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the document of this installation, for trying things out."""
    return _page(request, "swagger", current="swagger")


def _code(text: Any) -> str:
    return str(text.code)


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    navigation = {
        "guides": list(guides().values()),
        "chapters": list(reference.chapters().values()),
        "dialects": [each.name for each in DIALECTS if each.name in documents.MANUALS],
    }
    return render(request, f"docs/{name}.html", {**navigation, **context})


def _document(request: HttpRequest, found: documents.Rendered, media_type: str) -> HttpResponse:
    """The bytes, or 304 for a client that has them."""
    known = request.headers.get("If-None-Match", "")
    if known == "*" or found.etag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.content, content_type=f"{media_type}; charset=utf-8")
    response.headers["ETag"] = found.etag
    response.headers["Cache-Control"] = _CACHED
    # Anybody's tools may read it, from any page.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
