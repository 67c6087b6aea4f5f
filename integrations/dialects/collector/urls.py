"""The addresses of /api/v1. Whatever is not listed is answered by the last line."""

from django.urls import path, re_path

from integrations.dialects.collector.views import (
    collectors,
    credentials,
    customer,
    login,
    pages,
    users,
)
from integrations.dialects.collector.views.base import UnknownCollectorRoute

urlpatterns = [
    path("ui", pages.Page.as_view()),
    path("login", login.Login.as_view()),
    path("customer", customer.Customer.as_view()),
    path("customer/bearer", customer.CustomerBearer.as_view()),
    path("customer/secret", customer.CallbackSecret.as_view()),
    path("customer/stats", customer.CustomerStats.as_view()),
    # Three spellings of one test, the document's own first.
    path("test_callback", customer.CallbackTest.as_view()),
    path("test/callback/<str:type>", customer.CallbackTest.as_view()),
    path("callback/<str:id>/test/<str:type>", customer.CallbackTest.as_view()),
    path("feedback", customer.Feedback.as_view()),
    path("users", users.UserList.as_view()),
    path("user", users.Users.as_view()),
    path("user/<str:id>", users.UserDetail.as_view()),
    path("terms", users.Terms.as_view()),
    path("user/<str:id>/credentials", credentials.CredentialList.as_view()),
    path("user/<str:id>/credential", credentials.CredentialsOfUser.as_view()),
    path("user/<str:id>/credential/<str:cid>", credentials.CredentialDetail.as_view()),
    path("user/<str:id>/credential/<str:cid>/2fa", credentials.CredentialCode.as_view()),
    path("user/<str:id>/credential/<str:cid>/collect", credentials.CredentialCollect.as_view()),
    path("credentials", credentials.CredentialList.as_view()),
    path("credential", credentials.Credentials.as_view()),
    path("credential/<str:cid>", credentials.CredentialDetail.as_view()),
    path("credential/<str:cid>/2fa", credentials.CredentialCode.as_view()),
    path("credential/<str:cid>/collect", credentials.CredentialCollect.as_view()),
    path("collectors", collectors.Collectors.as_view()),
    re_path(r"^.*$", UnknownCollectorRoute.as_view()),
]
