"""Addresses of what integrators read; none needs a sign-in."""

from django.urls import path

from integrations.web import docs

app_name = "docs"
urlpatterns = [
    path("openapi.<str:format>", docs.openapi, name="openapi"),
    path("postman/collection.json", docs.collection, name="postman"),
    path("robots.txt", docs.robots, name="robots"),
    path("docs", docs.index, name="index"),
    path("docs/api/<slug:dialect>.<str:format>", docs.openapi, name="dialect"),
    path("docs/reference/<slug:slug>", docs.chapter, name="chapter"),
    path("docs/events", docs.events, name="events"),
    path("docs/guides/<slug:slug>", docs.guide, name="guide"),
    path("docs/errors", docs.errors, name="errors"),
    path("docs/errors/<str:code>", docs.error, name="error"),
    path("docs/changelog", docs.changelog, name="changelog"),
    path("docs/swagger", docs.swagger, name="swagger"),
]
