"""The customer portal of each organization, below its short name."""

from django.urls import path

from billing.web.portal import (
    answers,
    archive,
    documents,
    entrance,
    home,
    objections,
    paying,
    profile,
    statement,
)

app_name = "portal"

urlpatterns = [
    path("portal/<slug:slug>", home.home, name="home"),
    path("portal/<slug:slug>/link", entrance.send_link, name="link"),
    path("portal/<slug:slug>/enter/<str:token>", entrance.enter, name="enter"),
    path("portal/<slug:slug>/customer", entrance.choose, name="choose"),
    path("portal/<slug:slug>/sign-out", entrance.sign_out, name="sign-out"),
    path("portal/<slug:slug>/theme.css", entrance.theme, name="theme"),
    path("portal/<slug:slug>/documents/<slug:kind>", documents.index, name="documents"),
    path("portal/<slug:slug>/documents/<slug:kind>/<uuid:uuid>", documents.detail, name="document"),
    path("portal/<slug:slug>/documents/<slug:kind>/<uuid:uuid>/pdf", documents.pdf, name="pdf"),
    path("portal/<slug:slug>/quotes/<uuid:uuid>/accept", answers.accept, name="accept"),
    path("portal/<slug:slug>/quotes/<uuid:uuid>/decline", answers.decline, name="decline"),
    path("portal/<slug:slug>/invoices/<uuid:uuid>/dispute", objections.dispute, name="dispute"),
    path("portal/<slug:slug>/everything", archive.everything, name="everything"),
    path("portal/<slug:slug>/everything.zip", archive.download, name="archive"),
    path("portal/<slug:slug>/pay", paying.pay, name="pay"),
    path("portal/<slug:slug>/pay/announce", paying.announce, name="announce"),
    path("portal/<slug:slug>/pay/<uuid:uuid>/withdraw", paying.withdraw, name="withdraw"),
    path("portal/<slug:slug>/statement", statement.page, name="statement"),
    path("portal/<slug:slug>/statement.pdf", statement.pdf, name="statement-pdf"),
    path("portal/<slug:slug>/details", profile.details, name="details"),
    path("portal/<slug:slug>/details/contacts", profile.contact, name="contact-add"),
    path("portal/<slug:slug>/details/contacts/<uuid:uuid>", profile.contact, name="contact"),
    path(
        "portal/<slug:slug>/details/contacts/<uuid:uuid>/remove",
        profile.remove,
        name="contact-remove",
    ),
]
